import Delivery
import Transport

extension WebhookTarget {
  /// One that may be on this machine.
  init(url: String) {
    self.init(.url(url), timeoutSeconds: 15, allowHTTP: false, addresses: .denyLinkLocal, maxInFlight: 4)
  }
}
