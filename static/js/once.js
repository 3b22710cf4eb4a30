/* A form is sent once, however often its button is pressed; Back makes it new. */
addEventListener("submit", (event) => {
	if (event.defaultPrevented) return;
	if (event.target.dataset.sent) event.preventDefault();
	event.target.dataset.sent = "yes";
});
addEventListener("pageshow", () => {
	for (const form of document.forms) delete form.dataset.sent;
});
