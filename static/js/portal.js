/* What HTML and htmx lack */
const doc = document;
const $ = (selector) => doc.querySelector(selector);
const byId = (id) => doc.getElementById(id);
const on = (type, act) => doc.addEventListener(type, act, true);
const store = (name, value) => (doc.cookie = `${name}=${value};path=/;max-age=31536000;samesite=lax`);

on("click", (event) => {
	const { target } = event;
	target.closest(".pop-item:not([aria-disabled])")?.closest("[popover]")?.hidePopover();
	target.closest("[data-print]") && print();
	const days = target.closest("nav [href^='#']");
	if (days) {
		event.preventDefault();
		for (const a of days.parentNode.children) a.ariaCurrent = a === days || null;
		$(days.hash).focus();
	}
	// Without invoker commands
	const button = target.closest("[command]");
	if (button && !("command" in button)) {
		const dialog = byId(button.getAttribute("commandfor"));
		dialog.open ? dialog.close() : dialog.showModal();
	}
	// For plain http
	const copy = target.closest("[data-copy]");
	if (!copy) return;
	const source = byId(copy.dataset.copy);
	getSelection().selectAllChildren(source);
	source.select?.();
	if (!doc.execCommand("copy")) return;
	copy.focus();
	const note = copy.nextElementSibling;
	note.textContent = copy.dataset.copied;
	setTimeout(() => note.replaceChildren(), 3000);
});

// No answer closes it
let opener;
on("htmx:beforeRequest", ({ detail }) => {
	$(".problem").hidden = true;
	if (detail.target.matches("#dialog:not([open])")) opener = doc.activeElement.id;
});
on("htmx:afterSwap", ({ target }) => {
	if (target.id !== "dialog") return;
	if (!target.firstElementChild) target.close();
	else if (!target.open) target.showModal();
});
on("close", ({ target }) => {
	if (target.id !== "dialog") return;
	target.replaceChildren();
	if (doc.activeElement === doc.body) byId(opener)?.focus();
});

const problem = (text) => {
	const line = $("dialog[open] .problem") ?? $(".problem");
	line.textContent = text;
	line.hidden = false;
	line.scrollIntoView({ block: "nearest" });
};
on("htmx:sendError", () => problem(doc.body.dataset.offline));
on("htmx:responseError", ({ detail }) => {
	const page = new DOMParser().parseFromString(detail.xhr.response, "text/html");
	problem(page.querySelector("[data-sentence]")?.textContent ?? doc.body.dataset.failed);
});

on("keydown", (event) => {
	if (event.ctrlKey || event.metaKey || event.altKey || doc.cookie.includes("keys=false")) return;
	if ($("dialog[open], :is(input, select, textarea):focus")) return;
	if (event.key === "?") byId("keys").showModal();
	if (event.key !== "/") return;
	event.preventDefault();
	$("[role=search] [type=text]")?.focus();
});

on("change", ({ target: { id, name, checked, value } }) => {
	if (id === "keys-on") store("keys", checked);
	if (name === "scheme") store(name, ($("html").dataset.theme = value));
});

// The open tile's address
on("toggle", ({ target: { open, dataset } }) => {
	const url = new URL(location);
	url.searchParams[open ? "set" : "delete"]("open", dataset.number);
	if (dataset.number) history.replaceState(history.state, "", url);
});
