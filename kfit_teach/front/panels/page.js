// What a panel needs of the page, and no widget can do: keys stay in the panel, the focus is not
// lost when a button locks itself, the projector, and a sign now and then that the page is open.

const PANEL = ".kfit-panel, .kfit-advisor";
const CONTROLS = "select, input, textarea, button, summary, pre";
const SECONDS_BETWEEN_SIGNS = 20;
// Where the focus goes when the control that had it is locked: the first of these that is not.
const NEXT_CONTROLS = [".kfit-commit-my-guess", ".kfit-run", ".kfit-stop"];

function render({ model, el }) {
  const ending = new AbortController();
  const whenShown = () => {
    if (ending.signal.aborted) return;
    const panel = el.isConnected && el.closest(PANEL);
    if (!panel) return void setTimeout(whenShown, 50);
    keepKeys(panel, ending.signal);
    keepFocus(panel, ending.signal);
    fillBars(panel, ending.signal);
    makeProjector(model, el, panel, ending.signal);
    const show = (message) => panel.querySelector(message.show)?.scrollIntoView({ block: "start" });
    model.on("msg:custom", show);
    const timer = setInterval(() => giveSign(model), 1000 * SECONDS_BETWEEN_SIGNS);
    ending.signal.addEventListener("abort", () => {
      model.off("msg:custom", show);
      clearInterval(timer);
    });
  };
  whenShown();
  return () => ending.abort();
}

// JupyterLab acts on keys that no control has stopped: an arrow on a closed list would leave the
// cell. It leaves alone what carries this attribute. Escape, which leads back to the cells, and keys
// with Ctrl or Cmd stay JupyterLab's.
function keepKeys(panel, signal) {
  const mark = (event) => {
    const control = event.target.closest?.(CONTROLS);
    if (!control || !panel.contains(control)) return;
    const command = event.ctrlKey || event.metaKey || (event.shiftKey && event.key === "Enter");
    control.toggleAttribute("data-lm-suppress-shortcuts", !command && event.key !== "Escape");
  };
  window.addEventListener("keydown", mark, { capture: true, signal });
}

function keepFocus(panel, signal) {
  let last = null;
  panel.addEventListener("focusin", (event) => (last = event.target), { signal });
  const moveOn = () => {
    const lost = document.activeElement === document.body || document.activeElement === last;
    if (!last?.disabled || !lost) return;
    const next = NEXT_CONTROLS.map((one) => panel.querySelector(one)).find((one) => one && !one.disabled);
    next?.focus({ preventScroll: true });
  };
  const observer = new MutationObserver(moveOn);
  observer.observe(panel, { subtree: true, attributes: true, attributeFilter: ["disabled"] });
  signal.addEventListener("abort", () => observer.disconnect());
}

// While a clock runs nothing is sent here: a bar of the class kfit-for-SECONDS fills by itself, two
// steps a second. (A CSS animation would wake the page sixty times a second, whatever its steps.)
function fillBars(panel, signal) {
  let began = new Map();
  const fill = () => {
    const now = performance.now();
    const bars = [...panel.querySelectorAll("[class*='kfit-for-']")];
    began = new Map(bars.map((bar) => [bar, began.get(bar) ?? now]));
    for (const [bar, start] of began) {
      const seconds = Number(bar.className.match(/kfit-for-(\d+)/)[1]);
      const share = Math.min(0.95, (now - start) / 1000 / seconds);
      bar.querySelector(".progress-bar").style.width = `${100 * share}%`;
    }
  };
  const timer = setInterval(fill, 500);
  signal.addEventListener("abort", () => clearInterval(timer));
}

// The panel fills the window in the browser's top layer, where nothing around it is seen.
function makeProjector(model, el, panel, signal) {
  const words = model.get("words");
  const button = (text, action, kind) => {
    const made = document.createElement("button");
    made.className = `jupyter-button kfit-projector-${kind}`;
    made.textContent = text;
    made.addEventListener("click", action, { signal });
    return made;
  };
  const project = button(words.project, () => set(!model.get("projected")), "toggle");
  project.title = words.help;
  const place = document.createElement("span");
  const back = button(words.back, () => go(-1), "back");
  const next = button(words.next, () => go(1), "next");
  el.append(back, next, place, project);
  let at = 0;

  const set = (projected) => {
    model.set("projected", projected);
    model.save_changes();
  };
  const slides = () => [...panel.querySelectorAll(".kfit-slide")].filter((one) => one.textContent || one.querySelector("img"));
  const go = (steps) => {
    const all = slides();
    at = Math.max(0, Math.min(all.length - 1, at + steps));
    all.forEach((one, number) => one.classList.toggle("kfit-shown", number === at));
    const told = all.length ? `${at + 1} / ${all.length}` : "";
    if (place.textContent !== told) place.textContent = told; // else the observer below never rests
    back.disabled = at === 0;
    next.disabled = at >= all.length - 1;
  };
  const change = () => {
    const projected = model.get("projected");
    panel.classList.toggle("kfit-projected", projected);
    panel.classList.toggle("kfit-whole", slides().length === 0);
    project.textContent = projected ? words.leave : words.project;
    if (projected) {
      panel.setAttribute("popover", "manual");
      if (!panel.matches(":popover-open")) panel.showPopover();
      at = 0;
      go(0);
    } else if (panel.hasAttribute("popover")) {
      panel.hidePopover();
      panel.removeAttribute("popover");
      panel.scrollIntoView({ block: "start" });
    }
    project.focus({ preventScroll: true });
  };
  // A presenter's clicker sends these keys.
  const turn = (event) => {
    if (!model.get("projected")) return;
    const steps = { PageDown: 1, PageUp: -1 }[event.key];
    if (event.key === "Escape") set(false);
    else if (steps) go(steps);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  window.addEventListener("keydown", turn, { capture: true, signal });
  const observer = new MutationObserver(() => model.get("projected") && go(0));
  observer.observe(panel, { subtree: true, childList: true });
  model.on("change:projected", change);
  signal.addEventListener("abort", () => {
    observer.disconnect();
    model.off("change:projected", change);
  });
  if (model.get("projected")) change();
  else go(0);
}

// Sent only while a worker waits, which is never while a run is on.
function giveSign(model) {
  if (!model.get("awaited")) return;
  model.set("seen", model.get("seen") + 1);
  model.save_changes();
}

export default { render };
