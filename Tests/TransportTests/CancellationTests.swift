import TestSupport
import Testing
import Transport

@Suite("cancellation and shutdown")
struct CancellationTests {
  @Test("a cancelled task returns at once, closes its connection and leaves room for the next")
  func cancel() async throws {
    let client = HTTPClient(maxConnectionsPerHost: 1)
    try await withServer(client: client) { request in
      ScriptedResponse(200, behaviour: request.path == "/hang" ? .hang : .normal)
    } _: { server, client in
      for round in 1...3 {
        let hanging = Task { await failure(of: request(server.origin + "/hang"), with: client) }
        #expect(await eventually { server.requests.filter { $0.path == "/hang" }.count == round })
        hanging.cancel()
        #expect(await hanging.value?.code == .cancelled)
        #expect(await eventually { server.openConnectionCount == 0 })
        let answer = try await client.send(request(server.origin + "/next"))
        #expect(answer.status == 200)
      }
    }
  }

  @Test("a task cancelled before it sends does not hang")
  func cancelledBefore() async throws {
    try await withServer { _ in
      ScriptedResponse(200, behaviour: .hang)
    } _: { server, client in
      let task = Task {
        while !Task.isCancelled { await Task.yield() }
        return await failure(of: request(server.origin), with: client)
      }
      task.cancel()
      #expect(await task.value?.code == .cancelled)
    }
  }

  @Test("a request that waits for its turn is cancelled without one")
  func cancelWaiting() async throws {
    let client = HTTPClient(maxConnectionsPerHost: 1)
    try await withServer(client: client) { request in
      ScriptedResponse(200, behaviour: request.path == "/hang" ? .hang : .normal)
    } _: { server, client in
      let hanging = Task { await failure(of: request(server.origin + "/hang"), with: client) }
      #expect(await eventually { server.requests.count == 1 })
      let waiting = (0..<50).map { number in
        Task { await failure(of: request(server.origin + "/\(number)"), with: client) }
      }
      for task in waiting.dropFirst() { task.cancel() }
      for task in waiting.dropFirst() { #expect(await task.value?.code == .cancelled) }
      hanging.cancel()
      #expect(await hanging.value?.code == .cancelled)
      #expect(await waiting[0].value == nil)
      #expect(server.requests.map(\.path) == ["/hang", "/0"])
    }
  }

  @Test("cancelling while requests start, over and over")
  func races() async throws {
    try await withServer { _ in
      ScriptedResponse(200)
    } _: { server, client in
      await withTaskGroup(of: Bool.self) { group in
        for number in 0..<200 {
          group.addTask {
            let task = Task { await failure(of: request(server.origin), with: client) }
            if number % 3 == 0 { await Task.yield() }
            task.cancel()
            let error = await task.value
            return error == nil || error?.code == .cancelled
          }
        }
        for await isSound in group { #expect(isSound) }
      }
      let answer = try await client.send(request(server.origin))
      #expect(answer.status == 200)
    }
  }

  @Test("shutdown ends what is under way and refuses what comes")
  func shutdown() async throws {
    try await withServer { _ in
      ScriptedResponse(200, behaviour: .hang)
    } _: { server, client in
      await withTaskGroup(of: TransportError.Code?.self) { group in
        for _ in 0..<10 { group.addTask { await failure(of: request(server.origin), with: client)?.code } }
        #expect(await eventually { server.requests.count == 10 })
        client.shutdown()
        for await code in group { #expect(code == .cancelled) }
      }
      #expect(await eventually { server.openConnectionCount == 0 })
      #expect(await failure(of: request(server.origin), with: client)?.code == .cancelled)
      client.shutdown()
    }
  }
}
