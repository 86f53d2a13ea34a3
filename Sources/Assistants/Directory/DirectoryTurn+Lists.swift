import Language
import Store

/// Hospitals of a city, some at a time.
extension DirectoryTurn {
    /// As many hospitals as are said in one breath.
    static let offersMax = 3

    mutating func list(
        _ mention: DirectoryUnderstanding.CityMention, counts: Bool, _ index: HospitalIndex
    ) {
        progress()
        switch mention.place {
        case .city(let city): counts ? count(city, index) : list(city, index)
        case .anywhere: askCity(nil)
        case .heard(let similarities):
            let best = similarities.indices.max { similarities[$0] < similarities[$1] }
            guard let best, similarities[best] >= 0.55 else {
                say(.unknownCity, ["city": SaidValues.sentence(mention.spoken)])
                return ask(.ask)
            }
            if similarities[best] >= 0.72 {
                return counts ? count(best, index) : list(best, index)
            }
            state.stage = .guessingCity(best)
            say(.didYouMean, ["options": index.cities[best].name])
        }
    }

    mutating func list(_ city: Int, _ index: HospitalIndex) {
        progress()
        state.hasAnswered = true
        state.subject = nil
        state.more = index.cities[city].ids
        offer(.listed, ["city": index.cities[city].name], index)
    }

    private mutating func count(_ city: Int, _ index: HospitalIndex) {
        let ids = index.cities[city].ids
        state.hasAnswered = true
        state.more = ids
        say(.counted, ["count": SaidValues.number(ids.count), "city": index.cities[city].name])
        ask(.anythingElse)
    }

    /// The next of a list that was begun.
    mutating func goOn(_ index: HospitalIndex) {
        progress()
        guard !state.more.isEmpty else {
            say(.noMore)
            return ask(.anythingElse)
        }
        offer(.listedMore, [:], index)
    }

    private mutating func offer(
        _ key: DirectoryPromptKey, _ values: [String: String], _ index: HospitalIndex
    ) {
        let now = Array(state.more.prefix(Self.offersMax))
        state.more.removeFirst(now.count)
        state.focus = now
        let options = SaidValues.list(labels(now, index), conjunction: "and")
        say(key, values.merging(["options": options]) { $1 })
        guard !state.more.isEmpty else { return ask(.anythingElse) }
        state.isOffering = true
        state.question = .anythingElse
        offerMore()
    }

    mutating func offerMore() {
        let count = state.more.count
        say(count == 1 ? .oneMoreOffer : .moreOffer, ["count": SaidValues.number(count)])
    }

    mutating func askCity(_ subject: DirectoryState.Subject?) {
        progress()
        state.stage = .askingCity(subject)
        ask(.askCity)
    }

    /// - Returns: false where no city was said, so that it is a new question.
    mutating func takeCity(
        _ said: DirectoryUnderstanding, _ subject: DirectoryState.Subject?, _ index: HospitalIndex
    ) -> Bool {
        var city = said.city
        if city == nil, !said.name.isEmpty {
            let similarities = index.similarities(toCity: said.name, atLeast: 0.6)
            guard similarities.contains(where: { $0 > 0 }) else { return false }
            city = .init(place: .heard(similarities), spoken: said.spokenName)
        } else if city != nil, !said.name.isEmpty {
            // "Is Apollo in Pune?" is a question of its own.
            return false
        }
        guard let city else { return false }
        state.stage = .open
        if let subject {
            check(subject, city, index)
        } else {
            list(city, counts: false, index)
        }
        return true
    }

    // MARK: - Addresses

    mutating func tellAddresses(_ said: DirectoryUnderstanding, _ index: HospitalIndex) {
        progress()
        var ids = state.focus
        switch said.choice {
        case .index(let place) where ids.indices.contains(place): ids = [ids[place]]
        case .last: ids = Array(ids.suffix(1))
        default: break
        }
        for id in ids.prefix(Self.offersMax) { tellAddress(id, index, isAlone: ids.count == 1) }
        ask(.anythingElse)
    }

    mutating func tellAddress(_ id: Int, _ index: HospitalIndex, isAlone: Bool) {
        let hospital = index.hospitals[id]
        guard !hospital.address.isEmpty else {
            return say(.addressUnknown, ["hospital": hospital.name])
        }
        let place = isAlone ? hospital.address : "\(hospital.name), \(hospital.address)"
        say(.address, ["place": place])
    }

    /// Names, with the address where the same name comes twice.
    func labels(_ ids: [Int], _ index: HospitalIndex) -> [String] {
        let names = ids.map { index.hospitals[$0].name }
        return zip(ids, names).map { id, name in
            let address = index.hospitals[id].address
            let isTwice = names.filter { $0 == name }.count > 1
            return isTwice && !address.isEmpty ? "\(name), \(address)" : name
        }
    }
}
