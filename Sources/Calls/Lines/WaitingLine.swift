import Realtime

/// Callers who wait for a free line, in the order they came. Any thread; a short lock.
package final class WaitingLine: Sendable {
    package enum Answer: Equatable {
        /// The caller may speak now.
        case pass
        /// So many are before them, counted from 1 for the next.
        case wait(position: Int)
        /// No place is left, or they have waited too long.
        case turnedAway
    }

    private struct Place {
        var callSid: String
        var sinceNanos: UInt64
        var seenNanos: UInt64
    }

    /// The bounds of the line.
    package struct Options: Sendable {
        /// Callers who wait at most.
        package var placesMax: Int
        /// Nobody waits longer.
        package var waitSecondsMax: Int
        /// A caller who was not seen for so long has hung up.
        package var unseenSecondsMax: Int

        package init(placesMax: Int, waitSecondsMax: Int, unseenSecondsMax: Int) {
            self.placesMax = placesMax
            self.waitSecondsMax = waitSecondsMax
            self.unseenSecondsMax = unseenSecondsMax
        }
    }

    private let options: Options
    private let staleNanos: UInt64
    private let places = Locked<[Place]>([])

    package init(_ options: Options) {
        self.options = options
        staleNanos = UInt64(options.unseenSecondsMax) * 1_000_000_000
    }

    /// A caller asks for a line, for the first time or again.
    /// - Parameter freePlaces: calls that could begin now.
    package func ask(_ callSid: String, freePlaces: Int, nowNanos: UInt64) -> Answer {
        places.withLock { places in
            places.removeAll { nowNanos > $0.seenNanos && nowNanos - $0.seenNanos > staleNanos }
            let place = places.firstIndex { $0.callSid == callSid }
            let before = place ?? places.count
            if before < freePlaces {
                if let place { places.remove(at: place) }
                return .pass
            }
            if let place {
                let waited = nowNanos - places[place].sinceNanos
                guard waited < UInt64(options.waitSecondsMax) * 1_000_000_000 else {
                    places.remove(at: place)
                    return .turnedAway
                }
                places[place].seenNanos = nowNanos
                return .wait(position: place + 1)
            }
            guard places.count < options.placesMax else { return .turnedAway }
            places.append(Place(callSid: callSid, sinceNanos: nowNanos, seenNanos: nowNanos))
            return .wait(position: places.count)
        }
    }

    /// The caller has hung up.
    package func leave(_ callSid: String) {
        places.withLock { $0.removeAll { $0.callSid == callSid } }
    }
}
