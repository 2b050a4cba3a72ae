package import ImageModel
package import StrictJSON

extension CheckFailure {
  /// What whoever answers with something else than documents may be.
  package static let maybeNoRegistry = "check the name; what answers may be no registry"
  package static let fewerDocuments = "it has to be pushed with fewer"

  /// A document that is wrong as it was pushed.
  package init(badDocument what: String) { self.init(.badDocument, what, remedy: "it has to be pushed again") }

  /// A document that is not what it is called: either it was pushed so, or it is sent so.
  package init(wrongType what: String) {
    self.init(
      .badDocument, what, remedy: "the Content-Type that the registry sends has to be corrected, or the document")
  }

  /// A document that cannot be read as JSON.
  package init(_ error: JSONError, in name: String) {
    let isLimit = [.tooLarge, .tooDeep, .tooManyValues].contains(error.code)
    self.init(
      isLimit ? .tooLarge : .badDocument,
      "\(name) is not sound JSON (byte \(error.offset): \(error.message.safe(limit: 200)))",
      remedy: "it has to be pushed again")
  }
}
