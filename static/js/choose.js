/* One box ticks all rows of the page that belong to its form, and a ticked row means the ticked ones */
document.addEventListener("change", ({ target: { form, name, checked, dataset } }) => {
	if (!form?.matches(".many")) return;
	const boxes = [...form.elements].filter((box) => box.name === "license");
	if ("chooseAll" in dataset) for (const box of boxes) box.checked = checked;
	if ("chooseAll" in dataset || name === "license") form.querySelector("[value=chosen]").checked = true;
});
