extension Duration {
  /// Rounded up: what waits for so long does not wake too soon.
  package var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, rest) = attoseconds.quotientAndRemainder(dividingBy: 1_000_000_000_000_000)
    return seconds * 1_000 + whole + (rest > 0 ? 1 : 0)
  }
}
