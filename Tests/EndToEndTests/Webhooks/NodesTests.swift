import Foundation
import PrivateServers
import Store
import Testing

/// Two daemons that share PostgreSQL and Redis, as nodes behind a balancer do.
@Suite struct NodesTests {
    private struct Servers {
        let postgres: PostgresServer
        let redis: RedisServer
        let storeURL: String

        init() throws {
            guard PostgresServer.programs != nil else {
                try Test.cancel("\(PostgresServer.remedy)")
            }
            guard RedisServer.program != nil else { try Test.cancel("\(RedisServer.remedy)") }
            postgres = try PostgresServer(syncs: false)
            redis = try RedisServer()
            storeURL = try postgres.makeSchema()
        }

        func startNode() async throws -> GatherHouse {
            let stateURL = redis.url
            let storeURL = storeURL
            return try await GatherHouse.start {
                $0.store.url = storeURL
                $0.state.url = stateURL
            }
        }
    }

    @Test func aCallGoesFromNodeToNodeAndOnOverARestart() async throws {
        let servers = try Servers()
        let first = try await servers.startNode()
        let second = try await servers.startNode()
        let call = first.call(GatherHouse.bella)
        try await call.begin()
        _ = try await call.say("Two large Margherita pizzas for delivery")
        call.side = second.side
        _ = try await call.say("123 Main Street")
        try await second.stop()
        let third = try await servers.startNode()
        call.side = third.side
        let yes = call.callFields + [("SpeechResult", "Yes"), ("Confidence", "0.9")]
        let path = call.action
        let answer = try await third.side.post(path, yes).body
        #expect(try TwiMLDocument(answer).said.contains("order number"))
        // The same webhook, at another node.
        #expect(try await first.side.post(path, yes).body == answer)
        let orders = try await first.orders()
        #expect(orders.count == 1 && orders.first?.total == Money(cents: 3390))
        try await third.stop()
        try await first.stop()
        withExtendedLifetime(servers) {}
    }

    @Test func aCallIsToldWhenItsMemoryIsAwayAndTheNextIsTaken() async throws {
        let servers = try Servers()
        let house = try await servers.startNode()
        let call = house.call(GatherHouse.bella)
        try await call.begin()
        try servers.redis.crash()
        let words = call.callFields + [("SpeechResult", "A sprite for pickup")]
        #expect(try await house.side.post(call.action, words).status == 503)
        try servers.redis.begin()
        let next = house.call(GatherHouse.bella)
        var status = 0
        for _ in 0..<200 where status != 200 {
            status = try await house.side.post(next.route, next.callFields).status
            if status != 200 { try await Task.sleep(for: .milliseconds(20)) }
        }
        #expect(status == 200)
        try await house.stop()
        withExtendedLifetime(servers) {}
    }
}
