// The keyboard's place is kept: what has the focus may be drawn anew, or go.

const focusable = "a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), summary, [tabindex='0']";

let last = null; // what has the focus, and its place in each element around it

// keepFocus looks after the focus. When its element is gone, it goes to the one that
// is called the same nearby, else to the one in the same place, else to main.
export function keepFocus(main) {
  document.addEventListener("focusin", ({target}) => { last = {target, name: nameOf(target), around: around(target)}; });
  document.addEventListener("focusout", ({target}) => setTimeout(() => {
    if (last?.target === target && document.activeElement !== target && there(target) && !target.disabled) last = null; // it was left on purpose
  }));
  new MutationObserver(() => {
    if (last && !there(last.target) && [document.body, last.target].includes(document.activeElement)) (near(last) ?? main).focus({preventScroll: true});
  }).observe(document.body, {childList: true, subtree: true, attributeFilter: ["hidden"]});

  // near is what takes the place of an element that is gone.
  function near({name, around: rings}) {
    for (const {ring, place} of rings) {
      if (ring.matches("#main, .page, .split, #toasts")) return null; // another page, or nothing that is near
      const all = there(ring) ? within(ring) : [];
      if (all.length > 0) return all.find((e) => nameOf(e) === name) ?? all[Math.min(place, all.length - 1)];
      if (ring.matches(".long") && ring.querySelector(".row")) return ring; // the rows in sight are not fetched yet
    }
    return null;
  }
}

const narrow = matchMedia("(max-width: 899px)");

// handOver takes the focus along between a list and its detail, which take the place
// of each other on a narrow screen.
export function handOver(list, detail, open) {
  const {activeElement, body} = document;
  if (!open && (activeElement === body || detail.contains(activeElement))) list.focus();
  else if (open && narrow.matches) detail.focus();
}

function there(element) { return element.isConnected && !element.closest("[hidden]"); }

function within(ring) { return [...ring.querySelectorAll(focusable)].filter((e) => e.checkVisibility()); }

function nameOf(e) { return e.tagName + (e.id || e.getAttribute("href") || e.getAttribute("aria-label") || e.textContent); }

function around(target) {
  const rings = [];
  for (let ring = target.parentElement; ring && ring !== document.body; ring = ring.parentElement) rings.push({ring, place: within(ring).indexOf(target)});
  return rings;
}
