extension AssetText {
  static let icon = #"""
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">
    <rect width="16" height="16" rx="3" fill="#1c3f5c"/>
    <rect x="2.5" y="4" width="4" height="3" fill="#88ccee"/>
    <rect x="7" y="4" width="6.5" height="3" fill="#ddcc77"/>
    <rect x="2.5" y="9" width="7.5" height="3" fill="#88ccee"/>
    <rect x="10.5" y="9" width="3" height="3" fill="#cc6677"/>
    </svg>
    """#
}
