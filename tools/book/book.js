// What the theme leaves to the mouse and to the eye: its drawers open from the keyboard and have
// names, and code and tables that are wider than the page can be scrolled with arrow keys.
const drawers = [
  ["__navigation", "All pages", ".sidebar-drawer"],
  ["__toc", "On this page", ".toc-drawer"],
];

function asButton(label, box, name) {
  const button = document.createElement("button");
  button.className = label.className;
  button.type = "button";
  button.setAttribute("aria-label", name);
  button.append(...label.childNodes);
  button.addEventListener("click", () => box.click());
  const tell = () => button.setAttribute("aria-expanded", box.checked);
  box.addEventListener("change", tell);
  tell();
  label.replaceWith(button);
}

for (const [id, name, drawer] of drawers) {
  const box = document.getElementById(id);
  document.querySelectorAll(`.page label[for="${id}"]`).forEach((label) => asButton(label, box, name));
  document.querySelectorAll(drawer).forEach((aside) => aside.setAttribute("aria-label", name));
}
for (const caption of document.querySelectorAll(".caption[role=heading]")) caption.ariaLevel = 2;

const article = document.querySelector("article");
if (!article.querySelector("h1")) { // the page of the search has none
  const heading = document.createElement("h1");
  heading.textContent = document.title;
  article.prepend(heading);
}

function reachWideParts() {
  for (const part of document.querySelectorAll("article pre, article .table-wrapper")) {
    if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
    else part.removeAttribute("tabindex");
  }
}
reachWideParts();
addEventListener("resize", reachWideParts);
