import Store

/// The meaning of a search: the entries that were named, or that may have been.
enum DirectoryAnswer: Sendable, Equatable {
    /// All that fit as well, best first.
    case sure([Int])
    /// Best first, three at most, each of another name: they are asked back.
    case doubtful([Int])
    /// What was said is none of the names; those that are nearest to it, perhaps none.
    case unlikely([Int])

    /// As many are asked back: as many as are remembered by ear.
    static let countMax = 3
    /// Similarity of whole phrases from which a name is asked back, and from which it is offered after
    /// a no. What is in no directory at all is often as like as 0.65, seldom as 0.78.
    private static let likely = 0.78
    private static let conceivable = 0.55
    /// Score of single words from which a name is asked back.
    private static let likelyScore = 0.7
    /// Below it what was said where a city was is not a city of the directory.
    private static let knownCity = 0.55

    /// - Parameters:
    ///   - words: what was said of the name, without "is", "in the network" and the like.
    ///   - phrase: all that was said where the name and perhaps its city were, to be judged by its
    ///     sound.
    init(
        of words: [String], phrase: [String], in place: HospitalIndex.Place,
        _ index: HospitalIndex
    ) {
        let hits = index.search(words, in: place)
        if let ids = Self.sure(hits) {
            self = .sure(ids)
            return
        }
        let near = index.nearest(phrase, in: place, countMax: Self.countMax)
            .filter { $0.similarity >= Self.conceivable }
        var ids = near.map(\.id)
        var isLikely = near.first.map { $0.similarity >= Self.likely } ?? false
        if let best = hits.first, best.score >= Self.likelyScore {
            isLikely = true
            let name = index.hospitals[best.id].name
            if !ids.contains(where: { index.hospitals[$0].name == name }) {
                ids = ids.prefix(Self.countMax - 1) + [best.id]
            }
        }
        if case .heard(let similarities) = place {
            isLikely = isLikely && similarities.contains { $0 >= Self.knownCity }
        }
        self = isLikely ? .doubtful(ids) : .unlikely(ids)
    }

    /// The entries that were named, whatever else may be like them; nil where none was. Takes less time.
    static func sure(_ hits: [HospitalIndex.Hit]) -> [Int]? {
        guard let best = hits.first, best.score >= HospitalIndex.sure else { return nil }
        return alike(hits, best)
    }

    private static func alike(_ hits: [HospitalIndex.Hit], _ best: HospitalIndex.Hit) -> [Int] {
        let exact = hits.filter { $0.isExact && $0.score > best.score - 0.1 }
        guard exact.isEmpty else { return exact.map(\.id) }
        // "Manipal" is every hospital with that word in its name.
        return hits.filter {
            $0.coverage >= best.coverage - 0.08 && $0.score >= HospitalIndex.sure - 0.05
                && $0.score >= best.score - 0.14
        }.map(\.id)
    }
}
