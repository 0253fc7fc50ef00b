// Lays every formula out: Sphinx's own (.math), and those that objects print in HTML.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  // what the theme and myst-nb call a button must be what stands on it
  document.querySelectorAll(".search-button-field").forEach((each) => {
    each.setAttribute("aria-label", each.textContent.replace(/\s+/g, " ").trim());
  });
  document.querySelectorAll("details > summary[aria-label]").forEach((each) => each.removeAttribute("aria-label"));
  const options = { throwOnError: false, strict: "ignore" };
  document.querySelectorAll("span.math, div.math").forEach((place) => {
    const text = place.textContent.trim().replace(/^\\[([]|\\[)\]]$/g, "");
    katex.render(text, place, { ...options, displayMode: place.tagName === "DIV" });
  });
  document.querySelectorAll(".output.text_html").forEach((place) => {
    renderMathInElement(place, {
      ...options,
      delimiters: [
        { left: "$$", right: "$$", display: true },
        { left: "\\[", right: "\\]", display: true },
        { left: "\\(", right: "\\)", display: false },
        { left: "$", right: "$", display: false },
      ],
    });
  });
  // what scrolls sideways is reached by the keyboard
  const reach = () => document.querySelectorAll(".bd-article table, .output.text_html").forEach((each) => {
    if (each.scrollWidth > each.clientWidth) each.tabIndex = 0;
  });
  reach();
  window.addEventListener("resize", reach);
});
