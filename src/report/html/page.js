"use strict";
(() => {
  const form = document.getElementById("filter");
  const details = () => document.querySelectorAll("details");
  // A closed part would be missing on paper.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...details()].filter((part) => !part.open);
    for (const part of opened) part.open = true;
  });
  addEventListener("afterprint", () => {
    for (const part of opened) part.open = false;
  });
  if (!form) return;

  const findings = [...document.querySelectorAll("#findings .finding")].map((element) => ({
    element,
    text: element.textContent.toLowerCase(),
  }));
  const shown = document.getElementById("shown");
  const nothing = document.getElementById("nothing");

  function apply() {
    const severities = new Set([...form.querySelectorAll("[name=severity]:checked")].map((box) => box.value));
    const category = form.elements.category.value;
    const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const { element, text } of findings) {
      const holds =
        severities.has(element.dataset.severity) &&
        (!category || element.dataset.category === category) &&
        words.every((word) => text.includes(word));
      element.hidden = !holds;
      count += holds ? 1 : 0;
    }
    shown.value = shown.dataset.text.replace("{n}", count).replace("{m}", findings.length);
    nothing.hidden = count > 0;
  }

  // A link to a finding leads there whatever the filter says.
  function follow() {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (!target) return;
    if (target.hidden) {
      form.reset();
      apply();
    }
    for (let part = target.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
    target.scrollIntoView();
  }

  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  addEventListener("hashchange", follow);
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    event.preventDefault();
    form.elements.text.focus();
  });
  apply();
  follow();
})();
