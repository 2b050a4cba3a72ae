extension AssetText {
  /// Adds to pages that are complete without it. What it shows, the server has rendered: nothing of an event but its
  /// summary is looked at, and that becomes text.
  static let script = #"""
    "use strict";
    (() => {
      const live = document.getElementById("live");
      const filter = document.getElementById("filter");
      const part = () => document.getElementById("part");

      // Looks the page up anew and puts its part in the place of the old one; what has the focus keeps it.
      let asked = 0;
      const refresh = async () => {
        const number = ++asked;
        const answer = await fetch(location.href).catch(() => null);
        if (number !== asked) return;
        if (!answer || answer.status === 503) setTimeout(refreshSoon, 3000 + Math.random() * 7000);
        if (!answer?.ok) return;
        const next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("part");
        const old = part();
        if (!next || number !== asked || next.innerHTML === old.innerHTML) return;
        const focus = old.contains(document.activeElement) ? document.activeElement : null;
        const href = focus && focus.getAttribute("href");
        const id = focus && focus.id;
        const opened = [...old.querySelectorAll("tbody[id] details[open]")].map((one) => one.closest("tbody").id);
        old.replaceWith(document.adoptNode(next));
        for (const state of opened) {
          const details = document.getElementById(state)?.querySelector("details");
          if (details) details.open = true;
        }
        const again = href ? next.querySelector(`a[href="${CSS.escape(href)}"]`) : id && document.getElementById(id);
        if (again) again.focus({ preventScroll: true });
        localTimes();
      };

      // Many events are one look, and many who look do so at different times. Of a page that nobody sees there is none
      // before it is seen again.
      let due = 0;
      const isSeen = () => document.visibilityState === "visible";
      const refreshSoon = () => {
        if (!due && isSeen()) due = setTimeout(() => { due = 0; refresh(); }, 200 + Math.random() * 800);
      };

      const localTimes = () => {
        for (const time of document.querySelectorAll("time")) {
          time.title = new Date(time.dateTime).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "long" });
        }
      };

      // A browser tries again by itself after a connection that breaks, and not after an answer that is none: there are
      // as many who follow as there may be, or the daemon starts.
      const connect = (watched) => {
        const source = new EventSource("/api/v1/events/stream");
        source.onopen = () => { live.textContent = "Live"; live.className = "on"; };
        source.onerror = () => {
          live.textContent = "Not live";
          live.className = "off";
          if (source.readyState === EventSource.CLOSED) setTimeout(() => connect(watched), 5000 + Math.random() * 5000);
        };
        source.onmessage = (message) => {
          let event;
          try { event = JSON.parse(message.data); } catch { return; }
          if (watched !== "*" && event.subject !== watched) return;
          live.textContent = String(event.data?.summary ?? "");
          refreshSoon();
        };
      };

      const follow = (watched) => {
        connect(watched);
        // What has no event changes as well: when a tag was checked, and what is due.
        setInterval(refreshSoon, 60000);
        document.addEventListener("visibilitychange", refreshSoon);
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
            refresh();
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
          button.textContent = hasKeys() ? "Keys / j k are on" : "Keys / j k are off";
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
            if (event.key === "Escape") event.target.blur();
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
