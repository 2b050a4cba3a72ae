/// A `TagPattern` as the states of an automaton, of which a search is in many at once (Thompson's construction).
enum TagPatternProgram {
  enum Instruction: Sendable {
    /// Goes on with the next one after such a character …
    case character(ASCIISet)
    /// … or at such a place.
    case place(TagPatternNode.Place)
    case jump(Int)
    case split(Int, Int)
    case success
  }

  /// As many states as a search may be in at once: the longest tag takes a millisecond then.
  static let sizeLimit = 500
  /// What is empty takes no instruction, however often it is repeated.
  private static let workLimit = 10_000

  static func make(of node: TagPatternNode) throws(TagPattern.Problem) -> [Instruction] {
    var maker = Maker()
    try maker.add(node)
    maker.program.append(.success)
    return maker.program
  }

  private struct Maker {
    var program: [Instruction] = []
    private var work = 0

    mutating func add(_ node: TagPatternNode) throws(TagPattern.Problem) {
      work += 1
      guard program.count < sizeLimit, work < workLimit else {
        throw TagPattern.Problem(
          offset: 0, reason: "it comes to more than \(sizeLimit) states: repeat less within what is repeated")
      }
      switch node {
      case .character(let set): program.append(.character(set))
      case .place(let place): program.append(.place(place))
      case .sequence(let nodes): for node in nodes { try add(node) }
      case .choice(let nodes): try addChoice(nodes)
      case .repeated(let node, let least, let most):
        for _ in 0..<least { try add(node) }
        if let most { try addOptional(node, most - least) } else { try addLoop(node) }
      }
    }

    private mutating func addChoice(_ nodes: [TagPatternNode]) throws(TagPattern.Problem) {
      var ends: [Int] = []
      for node in nodes.dropLast() {
        let split = hole()
        try add(node)
        ends.append(hole())
        program[split] = .split(split + 1, program.count)
      }
      if let last = nodes.last { try add(last) }
      for end in ends { program[end] = .jump(program.count) }
    }

    private mutating func addOptional(_ node: TagPatternNode, _ times: Int) throws(TagPattern.Problem) {
      var splits: [Int] = []
      for _ in 0..<times {
        splits.append(hole())
        try add(node)
      }
      for split in splits { program[split] = .split(split + 1, program.count) }
    }

    private mutating func addLoop(_ node: TagPatternNode) throws(TagPattern.Problem) {
      let split = hole()
      try add(node)
      program.append(.jump(split))
      program[split] = .split(split + 1, program.count)
    }

    /// An instruction that is filled in later.
    private mutating func hole() -> Int {
      program.append(.success)
      return program.count - 1
    }
  }
}

/// One search: all states that the text can have led to, character by character.
struct TagPatternSearch {
  let program: [TagPatternProgram.Instruction]
  let text: UnsafeBufferPointer<UInt8>
  /// States that wait for a character, now and after it.
  private var states: [Int] = []
  private var next: [Int] = []
  /// For which position each state was entered last.
  private var entered: [Int]
  private var hasSucceeded = false
  private var stack: [Int] = []

  init(program: [TagPatternProgram.Instruction], text: UnsafeBufferPointer<UInt8>) {
    self.program = program
    self.text = text
    entered = Array(repeating: -1, count: program.count)
  }

  func succeeds() -> Bool {
    var search = self
    return search.run()
  }

  private mutating func run() -> Bool {
    for position in 0...text.count {
      // It may begin anywhere.
      enter(0, at: position)
      if hasSucceeded { return true }
      guard position < text.count else { break }
      swap(&states, &next)
      next.removeAll(keepingCapacity: true)
      let byte = text[position]
      for state in states {
        if case .character(let set) = program[state], set.contains(byte) { enter(state + 1, at: position + 1) }
      }
      if hasSucceeded { return true }
    }
    return false
  }

  /// Takes in a state and all that it leads to without a character.
  private mutating func enter(_ state: Int, at position: Int) {
    stack.append(state)
    while let state = stack.popLast() {
      guard entered[state] != position else { continue }
      entered[state] = position
      switch program[state] {
      case .character: next.append(state)
      case .place(let place): if holds(place, at: position) { stack.append(state + 1) }
      case .jump(let target): stack.append(target)
      case .split(let one, let other):
        stack.append(one)
        stack.append(other)
      case .success: hasSucceeded = true
      }
    }
  }

  private func holds(_ place: TagPatternNode.Place, at position: Int) -> Bool {
    switch place {
    case .start: position == 0
    case .end: position == text.count
    case .wordBoundary: isWord(position - 1) != isWord(position)
    case .noWordBoundary: isWord(position - 1) == isWord(position)
    }
  }

  private func isWord(_ index: Int) -> Bool { text.indices.contains(index) && ASCIISet.word.contains(text[index]) }
}
