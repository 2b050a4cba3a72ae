extension AssetText {
  /// Adds to pages that are complete without it. What it shows, the server has rendered: nothing of an event but its
  /// summary is looked at, and that becomes text.
  static let script = #"""
    "use strict";
    (() => {
      const live = document.getElementById("live");
      const filter = document.getElementById("filter");
      const part = () => document.getElementById("part");

      const isSeen = () => document.visibilityState === "visible";

      // What can have the focus is found again by where it leads or what it belongs to, and of several alike by its
      // place among them.
      const able = "a[href], summary, [tabindex]";
      const key = (one) => one.getAttribute("href") ?? `${one.localName} ${one.closest("[id]")?.id}`;
      const alike = (root, name) => [...root.querySelectorAll(able)].filter((one) => key(one) === name);

      // Puts the part of a page in the place of the one that is shown; what has the focus keeps it.
      const show = (text) => {
        const next = new DOMParser().parseFromString(text, "text/html").getElementById("part");
        const old = part();
        if (!next || next.innerHTML === old.innerHTML) return;
        const focus = old.contains(document.activeElement) ? document.activeElement : null;
        const name = focus && key(focus);
        const place = focus && alike(old, name).indexOf(focus);
        const opened = [...old.querySelectorAll("tbody[id] details[open]")].map((one) => one.closest("tbody").id);
        old.replaceWith(document.adoptNode(next));
        for (const state of opened) {
          const details = document.getElementById(state)?.querySelector("details");
          if (details) details.open = true;
        }
        if (focus) alike(next, name)[place]?.focus({ preventScroll: true });
        localTimes();
      };

      // Looks the page up anew: one look at a time, and another after it where there is reason to. One that fails is
      // followed by another after a while, and each that fails again by a longer one.
      let isLooking = false;
      let isStale = false;
      let failures = 0;
      const look = async () => {
        isStale = true;
        if (isLooking) return;
        isLooking = true;
        while (isStale) {
          isStale = false;
          const href = location.href;
          try {
            const answer = await fetch(href);
            if (answer.status >= 500) throw new Error(answer.status);
            const text = await answer.text();
            failures = 0;
            if (href !== location.href) isStale = true;
            else if (answer.ok) show(text);
          } catch {
            failures += 1;
            setTimeout(lookSoon, Math.min(60000, 2000 * 2 ** failures) * (0.5 + Math.random()));
            break;
          }
        }
        isLooking = false;
      };

      // Many events are one look, and many who look do so at different times. A page that nobody sees is looked up when
      // it is seen again.
      let due = 0;
      const lookSoon = () => {
        if (!due && isSeen()) due = setTimeout(() => { due = 0; look(); }, 200 + Math.random() * 800);
      };

      const localTimes = () => {
        for (const time of document.querySelectorAll("time")) {
          time.title = new Date(time.dateTime).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "long" });
        }
      };

      const say = (words, state) => { live.textContent = words; live.className = state; };

      // Events, while the page is seen: a browser has few connections for all its pages of one host. What came before
      // the stream does is looked up when it is there. A browser tries again by itself after a connection that breaks,
      // and not after an answer that is none: there are as many who follow as there may be, or the daemon starts.
      const follow = (watched) => {
        let source = null;
        const open = () => {
          if (!isSeen() || source?.readyState < EventSource.CLOSED) return;
          source = new EventSource("/api/v1/events/stream");
          source.onopen = () => { say("Live", "on"); lookSoon(); };
          source.onerror = () => {
            say("Not live", "off");
            if (source?.readyState === EventSource.CLOSED) setTimeout(open, 5000 + Math.random() * 5000);
          };
          source.onmessage = (message) => {
            let event;
            try { event = JSON.parse(message.data); } catch { return; }
            if (watched !== "*" && event.subject !== watched) return;
            say(String(event.data?.summary ?? ""), "on");
            lookSoon();
          };
        };
        document.addEventListener("visibilitychange", () => {
          if (isSeen()) open();
          else { source?.close(); source = null; }
        });
        say("Not live", "off");
        open();
        // What has no event changes as well: when a tag was checked, and what is due.
        setInterval(lookSoon, 60000);
      };

      const filterAsTyped = () => {
        let timer = 0;
        filter.addEventListener("input", () => {
          clearTimeout(timer);
          timer = setTimeout(() => {
            const url = new URL(location.href);
            if (filter.value) url.searchParams.set("q", filter.value); else url.searchParams.delete("q");
            url.searchParams.delete("page");
            history.replaceState(null, "", url);
            look();
          }, 200);
        });
      };

      // Single letters may be in the way of whoever speaks to a computer: they can be turned off (WCAG 2.1.4).
      const keyName = "watcher.keys";
      const hasKeys = () => { try { return localStorage.getItem(keyName) !== "off"; } catch { return true; } };
      const step = (by) => {
        const rows = [...document.querySelectorAll("#part a.row")];
        const at = rows.indexOf(document.activeElement);
        const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1)];
        if (next) next.focus();
      };
      const takeKeys = () => {
        const button = document.createElement("button");
        const show = () => {
          button.textContent = hasKeys() ? "Shortcuts / j k: on" : "Shortcuts / j k: off";
          button.setAttribute("aria-pressed", String(hasKeys()));
        };
        button.type = "button";
        button.addEventListener("click", () => {
          try { localStorage.setItem(keyName, hasKeys() ? "off" : "on"); } catch { /* as it was */ }
          show();
        });
        show();
        document.getElementById("keys").append(button);
        document.addEventListener("keydown", (event) => {
          if (!hasKeys() || event.ctrlKey || event.metaKey || event.altKey) return;
          if (event.target.closest("input, textarea, select, [contenteditable]")) {
            if (event.key !== "Escape") return;
            if (event.target === filter && filter.value) {
              filter.value = "";
              filter.dispatchEvent(new Event("input"));
            }
            event.target.blur();
            return;
          }
          if (event.key === "j") step(1);
          else if (event.key === "k") step(-1);
          else if (event.key === "/" && filter) { event.preventDefault(); filter.focus(); filter.select(); }
        });
      };

      localTimes();
      takeKeys();
      if (filter) filterAsTyped();
      if (part()?.dataset.live) follow(part().dataset.live);
    })();
    """#
}
