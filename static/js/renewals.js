/* One box ticks all rows of the page */
document.addEventListener("change", ({ target: { id, form, checked } }) => {
	if (id !== "choose-all") return;
	for (const box of form.querySelectorAll("[name=license]")) box.checked = checked;
});
