// Buttons that copy the words above them. Without this script they stay hidden, and the words can be chosen by hand.
for (const button of document.querySelectorAll("button[data-copy]")) {
	if (!navigator.clipboard) break;
	const label = button.textContent;
	button.hidden = false;
	button.addEventListener("click", async () => {
		try {
			await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
			button.textContent = button.dataset.copied;
		} catch {
			getSelection().selectAllChildren(document.getElementById(button.dataset.copy));
		}
		setTimeout(() => { button.textContent = label; }, 3000);
	});
}
