extension AssetText {
  /// Colours of images: Paul Tol's muted scheme, which is told apart by colour-blind eyes, lighter where it is dark.
  static let stylesheet = #"""
    :root {
      color-scheme: light dark;
      --page: #fbfaf8; --raised: #ffffff; --ink: #1c2024; --soft: #565d64; --line: #dedbd4; --faint: #efede8;
      --link: #0b5580; --good: #1d6a3d; --bad: #a12a12; --move: #7c4a00; --focus: #0b5580;
      --c0: #332288; --c1: #44aa99; --c2: #cc6677; --c3: #ddcc77; --c4: #117733; --c5: #88ccee; --c6: #882255;
      --c7: #999933; --over: #ffffff8c; --shade: #6d6a63;
      --mono: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --page: #14171a; --raised: #1a1e22; --ink: #e3e6e8; --soft: #a0a8b0; --line: #30363c; --faint: #20252a;
        --link: #86c5ee; --good: #82cf9c; --bad: #ff9e88; --move: #ecc26e; --focus: #86c5ee;
        --c0: #8577d8; --c1: #55bba9; --c2: #dd7788; --c3: #d8c878; --c4: #3f9f60; --c5: #88ccee; --c6: #c0568f;
        --c7: #a8a848; --over: #00000073; --shade: #8d949b;
      }
    }

    * { box-sizing: border-box; }
    html { font: 93.75%/1.45 system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; }
    body { margin: 0; color: var(--ink); background: var(--page); }
    a { color: var(--link); text-underline-offset: .15em; text-decoration-thickness: 1px; }
    :focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 2px; }
    code { font-family: var(--mono); font-size: .92em; overflow-wrap: anywhere; }
    small { font-size: .87em; color: var(--soft); }
    time { font-variant-numeric: tabular-nums; white-space: nowrap; }
    p, ul, ol, dl, figure { margin: 0; padding: 0; }
    h1, h2, h3 { line-height: 1.2; text-wrap: balance; overflow-wrap: anywhere; }
    h1 { font-size: 1.75rem; font-weight: 650; letter-spacing: -.02em; margin: 0; }
    h2 { font-size: 1.05rem; font-weight: 650; margin: 2.4rem 0 .7rem; }
    h3 { font-size: 1rem; font-weight: 600; margin: 0 0 .4rem; }
    .none, .lead { color: var(--soft); }
    .skip { position: absolute; left: -99rem; }
    .skip:focus { left: auto; padding: .3rem .6rem; background: var(--raised); z-index: 1; }

    .top, main, body > footer { max-width: 76rem; margin: 0 auto; padding: 0 clamp(1rem, 3vw, 2.5rem); }
    .top { display: flex; flex-wrap: wrap; align-items: baseline; gap: .3rem 1.6rem; padding-top: 1rem; }
    .brand { font-weight: 650; letter-spacing: -.01em; color: var(--ink); text-decoration: none; }
    .brand span { display: inline-block; width: .95em; height: .62em; margin-right: .5em; border-radius: 1px;
      background: linear-gradient(90deg, var(--c0) 38%, var(--page) 38% 44%, var(--c3) 44%); }
    .top ul { display: flex; gap: 1.2rem; list-style: none; }
    .top nav a { display: inline-block; padding: .2rem 0; color: var(--soft); text-decoration: none; }
    .top nav a:hover { color: var(--ink); text-decoration: underline; }
    .top nav a[aria-current] { color: var(--ink); box-shadow: 0 2px 0 var(--ink); }
    #live { flex: 1 1 12rem; text-align: right; font-size: .87rem; color: var(--soft); overflow-wrap: anywhere; }
    #live.on::before, #live.off::before { content: ""; display: inline-block; width: .5rem; height: .5rem;
      margin-right: .45rem; border-radius: 50%; border: 1px solid var(--soft); }
    #live.on::before { background: var(--good); border-color: var(--good); }
    main { padding-top: 1.6rem; padding-bottom: 3rem; }
    .head { display: flex; flex-wrap: wrap; align-items: center; gap: .6rem 1.6rem; margin-bottom: 1.1rem; }
    .head p { color: var(--soft); }
    .head form { display: flex; align-items: center; gap: .5rem; margin-left: auto; }
    .head label { color: var(--soft); }
    input, button { font: inherit; color: inherit; background: var(--raised); border: 1px solid var(--shade);
      border-radius: 4px; padding: .25rem .6rem; min-height: 2rem; }
    input { width: 16rem; max-width: 100%; }
    button { cursor: pointer; }
    button:hover { background: var(--faint); }
    body > footer { padding-top: 1rem; padding-bottom: 2rem; color: var(--soft); font-size: .87rem; }
    body > footer p { border-top: 1px solid var(--line); padding-top: .8rem; }
    body > footer button { margin-left: 1rem; font-size: inherit; }
    .daemon { margin-top: 1.6rem; font-size: .87rem; color: var(--soft); }

    section + .counts { margin-top: 2.4rem; }
    .counts { display: flex; flex-wrap: wrap; gap: .35rem; list-style: none; margin-bottom: 1rem; }
    .counts a { display: block; padding: .18rem .7rem; border: 1px solid var(--line); border-radius: 99px;
      color: var(--soft); text-decoration: none; }
    .counts a b { color: var(--ink); font-variant-numeric: tabular-nums; }
    .counts a:hover { border-color: var(--shade); }
    .counts a[aria-current] { background: var(--ink); border-color: var(--ink); color: var(--page); }
    .counts a[aria-current] b { color: inherit; }
    .note { margin-bottom: .8rem; padding: .5rem .8rem; border-left: 3px solid var(--move); background: var(--faint);
      overflow-wrap: anywhere; }
    .note.bad { border-color: var(--bad); }
    .pages { margin-top: 1.2rem; }
    .pages a { margin-right: 1rem; }
    .pages span { margin-right: 1rem; color: var(--soft); }

    table { width: 100%; border-collapse: collapse; }
    th, td { padding: .5rem 1.1rem .5rem 0; text-align: left; vertical-align: baseline; font-weight: inherit; }
    thead th { padding-top: .2rem; padding-bottom: .35rem; font-size: .8rem; color: var(--soft); white-space: nowrap; }
    tbody tr { border-top: 1px solid var(--line); }
    .tags tbody tr:hover, .sinks tbody tr:hover { background: var(--faint); }
    .tags tbody th, .sinks tbody th { overflow-wrap: anywhere; }
    .tags tbody th { width: 40%; }
    .tags tbody th p, .sinks tbody th p { max-width: 44rem; font-size: .87rem; }
    p.bad { color: var(--bad); } p.odd { color: var(--move); } p.note { color: inherit; }
    .tags tbody th small, .sinks tbody th small { color: inherit; opacity: .85; }
    .row { font-weight: 550; text-decoration: none; }
    .row:hover { text-decoration: underline; }
    .images span { white-space: nowrap; margin-right: .9rem; }
    .images .chip { margin-right: .45em; }
    .when small { display: block; white-space: nowrap; }
    .back { color: var(--move); }
    .number { text-align: right; font-variant-numeric: tabular-nums; }
    .scroll { overflow-x: auto; }
    .state { white-space: nowrap; }
    .state::before { content: ""; display: inline-block; width: .55rem; height: .55rem; margin-right: .5rem; }
    .state.good::before { border-radius: 50%; background: var(--good); }
    .state.bad::before { background: var(--bad); clip-path: polygon(50% 0, 100% 100%, 0 100%); }
    .state.idle::before { border-radius: 50%; border: 2px solid var(--soft); }
    .state.bad { color: var(--bad); font-weight: 600; }

    .facts { display: flex; flex-wrap: wrap; gap: .7rem 2.4rem; margin-bottom: 1rem; }
    .facts dt { font-size: .8rem; color: var(--soft); }
    .facts dd { margin: 0; }
    .facts .wide { flex-basis: 100%; }
    .facts code { font-size: .87em; }

    .timeline { display: block; overflow: visible; }
    .timeline text { font-size: 12px; fill: var(--soft); }
    .timeline .platform { fill: var(--ink); font-weight: 550; }
    .timeline .now { font-family: var(--mono); font-size: 11.5px; }
    .timeline line { stroke: var(--line); }
    .track { fill: var(--faint); }
    .segment .image { stroke: var(--page); stroke-width: 1; }
    .segment .pattern { pointer-events: none; }
    .segment .edge { filter: brightness(.72); }
    .segment.rebuilt .image, .segment.rebuilt .pattern { opacity: .42; }
    .segment:hover .image, .segment:focus-visible .image { stroke: var(--ink); stroke-width: 2; opacity: 1; }
    .segment:focus-visible { outline: none; }
    .ink { fill: var(--over); }
    .shade { fill: var(--shade); }
    .veil { fill: var(--page); opacity: .78; }
    .hole { fill: none; stroke: var(--bad); stroke-dasharray: 3 3; }
    .timeline .hole { fill: var(--page); }
    .mark { fill: none; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }
    .mark.back { stroke: var(--move); }
    .mark.cross { stroke: var(--bad); }
    .c0 { fill: var(--c0); background-color: var(--c0); } .c1 { fill: var(--c1); background-color: var(--c1); }
    .c2 { fill: var(--c2); background-color: var(--c2); } .c3 { fill: var(--c3); background-color: var(--c3); }
    .c4 { fill: var(--c4); background-color: var(--c4); } .c5 { fill: var(--c5); background-color: var(--c5); }
    .c6 { fill: var(--c6); background-color: var(--c6); } .c7 { fill: var(--c7); background-color: var(--c7); }
    .image { white-space: nowrap; }
    .chip { display: inline-block; width: .8em; height: .8em; margin-right: .5em; border-radius: 2px;
      vertical-align: -.05em; }
    .chip.p1 { background-image: repeating-linear-gradient(45deg, var(--over) 0 2px, transparent 2px 4.5px); }
    .chip.p2 { background-image: radial-gradient(var(--over) 1.2px, transparent 1.4px); background-size: 4px 4px; }
    .chip.p3 { background-image: repeating-linear-gradient(90deg, var(--over) 0 1.5px, transparent 1.5px 4px); }
    figcaption { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .2rem 2rem; margin-top: .5rem;
      font-size: .87rem; color: var(--soft); }
    .legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; list-style: none; }
    .legend svg { display: inline-block; margin-right: .35rem; vertical-align: -.1rem; overflow: visible; }
    .key { display: inline-block; width: 1.4rem; height: .7rem; margin-right: .4rem; }
    .key.content { background: var(--c5); border-left: 2px solid var(--c0); }
    .key.rebuilt { border-left: 2px solid var(--c0); background: color-mix(in srgb, var(--c5) 42%, var(--page)); }
    .key.unseen { background: repeating-linear-gradient(-45deg, var(--shade) 0 1.5px, var(--page) 1.5px 5px); }

    .states tbody tr { border-top: 0; }
    .states td, .states tbody tr:not(.entry) th { padding-top: .15rem; padding-bottom: .15rem; white-space: nowrap; }
    .states .entry th { border-top: 1px solid var(--line); padding-top: .7rem; padding-bottom: .25rem; font-weight: 400;
      white-space: normal; }
    .states tbody tr:last-child > * { padding-bottom: .8rem; }
    .states tbody:target { background: var(--faint); box-shadow: inset 3px 0 0 var(--link); }
    .states tbody:target > tr > :first-child { padding-left: .8rem; }
    .states .span { font-weight: 600; margin-right: .6rem; }
    .states .entry b { font-weight: 500; color: var(--soft); }
    .states .entry b.move { color: var(--move); }
    .states .entry p { font-size: .9rem; color: var(--move); max-width: 60rem; }
    .states .links { margin-left: .8rem; font-size: .92em; }
    .links a { margin-right: 1rem; font-weight: 400; text-decoration: underline; white-space: nowrap; }
    .span small { font-weight: 400; }
    .states details { font-size: .87rem; color: var(--soft); }
    .states details[open] { margin-bottom: .4rem; }
    summary { cursor: pointer; width: fit-content; }
    details dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .8rem; padding: .3rem 0 .3rem 1rem; }
    details dd { margin: 0; }
    details dt.platform { grid-column: 1 / -1; color: var(--ink); }

    .difference { margin-top: 2rem; padding: .2rem 1.2rem 1rem; border: 1px solid var(--line); border-radius: 6px;
      background: var(--raised); }
    .difference h2 { margin-top: 1rem; }
    .difference article { margin: 1.1rem 0; }
    .difference h3 b { margin-left: .5rem; font-weight: 500; color: var(--move); }
    .difference .side { color: var(--ink); white-space: nowrap; }
    .difference .doubt { color: var(--move); }
    .layers { list-style: none; margin: .2rem 0 .4rem 1rem; }
    .settings { font-size: .92rem; margin-top: .4rem; }
    .settings td, .settings th { max-width: 28rem; padding-top: .3rem; padding-bottom: .3rem;
      overflow-wrap: anywhere; }
    .settings td { font-family: var(--mono); font-size: .87em; }
    del, ins { text-decoration: none; }
    del { color: var(--bad); } del::before { content: "− "; }
    ins { color: var(--good); } ins::before { content: "+ "; }

    .events { list-style: none; }
    .events > li { padding: .6rem 0; border-top: 1px solid var(--line); }
    .events .what a { display: inline-block; min-height: 24px; min-width: 0; overflow-wrap: anywhere; }
    .events .what { display: flex; flex-wrap: wrap; gap: 0 1rem; align-items: baseline; }
    .events time { min-width: 10.6rem; color: var(--soft); }
    .events .type { font-weight: 550; min-width: 9.5rem; }
    .type.move { color: var(--move); } .type.bad { color: var(--bad); } .type.good { color: var(--good); }
    .events .summary, .events ul { padding-left: 11.6rem; font-size: .92rem; }
    .events .summary { color: var(--soft); overflow-wrap: anywhere; }
    .events ul { list-style: none; }
    .events ul b { font-weight: 500; }

    @media (max-width: 44rem) {
      html { font-size: 90.6%; }
      h1 { font-size: 1.45rem; }
      .head form { margin-left: 0; width: 100%; }
      .head input { flex: 1; min-width: 0; }
      .tags thead, .sinks thead { position: absolute; left: -99rem; }
      .tags tr, .sinks tr { display: flex; flex-wrap: wrap; gap: .1rem 1rem; padding: .55rem 0; }
      .tags td, .tags tbody th, .sinks td, .sinks tbody th { padding: 0; width: auto; text-align: left; }
      .tags tbody th, .sinks tbody th { flex: 1 1 60%; }
      .images { flex-basis: 100%; }
      .when small { display: inline; white-space: normal; }
      .when small::before { content: " · "; }
      .when:has(> .none) { display: none; }
      .tags .when:last-child:not(:has(.none))::before { content: "next check "; }
      .states thead { position: absolute; left: -99rem; }
      .states tbody tr:not(.entry) { display: flex; flex-wrap: wrap; gap: 0 1rem; padding-bottom: .4rem; }
      .states tr.entry, .states .entry th { display: block; }
      .states tbody tr:not(.entry) > :first-child { flex: 1 1 60%; padding-right: 0; }
      .sinks .number:nth-of-type(2)::before { content: "tags "; }
      .sinks .number:nth-of-type(3)::before { content: "waiting "; }
      .sinks .number:nth-of-type(4)::before { content: "failed "; }
      .tick.odd { display: none; }
      .segment .image { stroke-width: .25; }
      .events .summary, .events ul { padding-left: 0; }
      .events .type, .events time { min-width: 0; }
      .difference { padding: .2rem .8rem .8rem; }
    }
    @media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
    """#
}
