import Language
import Store

/// Whether a hospital is in the network, and which is meant.
extension DirectoryTurn {
    mutating func check(
        _ subject: DirectoryState.Subject, _ city: DirectoryUnderstanding.CityMention?,
        _ index: HospitalIndex
    ) {
        tell(answer(subject, city?.place ?? .anywhere, index), of: subject, city, index)
    }

    /// Says what was found of a subject.
    mutating func tell(
        _ answer: DirectoryAnswer, of subject: DirectoryState.Subject,
        _ city: DirectoryUnderstanding.CityMention?, _ index: HospitalIndex
    ) {
        progress()
        state.hasAnswered = true
        state.subject = subject
        state.more = []
        switch answer {
        case .sure(let ids): affirm(ids, subject, index)
        case .doubtful(let ids):
            if case .city? = city?.place, isElsewhere(subject, index) {
                deny(subject, city, index)
                return ask(.anythingElse)
            }
            guess(ids, hasCity: city != nil, index)
        case .unlikely(let ids):
            let isDone = deny(subject, city, index)
            guard !isDone, !ids.isEmpty else { return ask(.anythingElse) }
            guess(ids, hasCity: city != nil, index)
        }
    }

    func answer(
        _ subject: DirectoryState.Subject, _ place: HospitalIndex.Place, _ index: HospitalIndex
    ) -> DirectoryAnswer {
        DirectoryAnswer(
            of: subject.words,
            phrase: subject.phrase.isEmpty ? subject.words : subject.phrase, in: place, index)
    }

    /// "Do you mean …?"
    private mutating func guess(_ ids: [Int], hasCity: Bool, _ index: HospitalIndex) {
        state.stage = .guessing(ids, hasCity: hasCity)
        state.focus = ids
        let options = ids.map { hasCity ? full($0, index) : index.hospitals[$0].name }
        say(.didYouMean, ["options": SaidValues.list(options)])
    }

    private mutating func affirm(
        _ ids: [Int], _ subject: DirectoryState.Subject, _ index: HospitalIndex
    ) {
        guard ids.count > 1 else { return tell(ids[0], index) }
        state.focus = Array(ids.prefix(Self.offersMax))
        guard let name = commonName(ids, index) else { return choose(ids, subject, index) }
        var cities: [Int] = []
        for id in ids where !cities.contains(index.cityOf[id]) { cities.append(index.cityOf[id]) }
        guard cities.count == 1 else {
            say(.inCities, ["hospital": name, "cities": names(of: cities, index)])
            state.stage = .askingCity(subject)
            return ask(.askCity)
        }
        let shown = Array(ids.prefix(Self.offersMax))
        state.more = Array(ids.dropFirst(shown.count))
        let options = SaidValues.list(labels(shown, index), conjunction: "and")
        say(
            .severalInNetwork,
            ["hospital": name, "city": index.cities[cities[0]].name, "options": options])
        if !state.more.isEmpty {
            state.isOffering = true
            offerMore()
            state.question = .anythingElse
            state.stage = .choosing(shown)
            return
        }
        state.stage = .choosing(shown)
        ask(.askWhich)
    }

    /// Names that have a word or two in common with what was said, but not what tells them apart: the
    /// most alike as a whole are asked back.
    private mutating func choose(
        _ ids: [Int], _ subject: DirectoryState.Subject, _ index: HospitalIndex
    ) {
        let words = subject.phrase.isEmpty ? subject.words : subject.phrase
        let alike = index.nearest(words, in: .anywhere, countMax: DirectoryAnswer.countMax)
        var names: Set<String> = []
        var near: [Int] = []
        for id in alike.map(\.id) + ids where near.count < DirectoryAnswer.countMax {
            if names.insert(index.hospitals[id].name).inserted { near.append(id) }
        }
        guess(near, hasCity: false, index)
    }

    private mutating func tell(_ id: Int, _ index: HospitalIndex) {
        state.stage = .open
        state.focus = [id]
        let hospital = index.hospitals[id]
        let city = index.cities[index.cityOf[id]].name
        say(.inNetwork, ["hospital": hospital.name, "city": city])
        if !hospital.address.isEmpty { tellAddress(id, index, isAlone: true) }
        ask(.anythingElse)
    }

    private func isElsewhere(_ subject: DirectoryState.Subject, _ index: HospitalIndex) -> Bool {
        index.search(subject.words, in: .anywhere).first.map { $0.isExact } ?? false
    }

    /// - Returns: whether more than a no was said.
    @discardableResult
    private mutating func deny(
        _ subject: DirectoryState.Subject, _ city: DirectoryUnderstanding.CityMention?,
        _ index: HospitalIndex
    ) -> Bool {
        state.stage = .open
        state.focus = []
        var name = SaidValues.sentence(subject.spoken)
        if case .city(let city)? = city?.place {
            let there = index.cities[city].name
            if let ids = DirectoryAnswer.sure(index.search(subject.words, in: .anywhere)) {
                var cities: [Int] = []
                for id in ids where !cities.contains(index.cityOf[id]) {
                    cities.append(index.cityOf[id])
                }
                name = commonName(ids, index) ?? name
                say(
                    .elsewhere,
                    ["hospital": name, "city": there, "cities": names(of: cities, index)])
                return true
            }
            name += " in " + there
        } else if let city {
            name += " in " + SaidValues.sentence(city.spoken)
        }
        say(.notInNetwork, ["hospital": name])
        return false
    }

    // MARK: - Which one

    /// - Returns: false where none was picked, so that it is a new question.
    mutating func choose(
        _ said: DirectoryUnderstanding, _ ids: [Int], _ index: HospitalIndex
    ) -> Bool {
        if let id = picked(said, ids, index) {
            progress()
            tell(id, index)
            return true
        }
        guard said.name.isEmpty, said.city == nil, said.asks.isEmpty, state.more.isEmpty else {
            return false
        }
        switch said.answer {
        case .yes:
            progress()
            ask(.askWhich)
        case .no:
            progress()
            state.stage = .open
            ask(.anythingElse)
        case nil: return false
        }
        return true
    }

    /// The answer to "Do you mean …?".
    /// - Returns: false where it is a new question.
    mutating func judge(
        _ said: DirectoryUnderstanding, _ ids: [Int], hasCity: Bool, _ index: HospitalIndex
    ) -> Bool {
        if let id = picked(said, ids, index) ?? (said.answer == .yes ? ids.first : nil) {
            progress()
            let name = index.hospitals[id].name
            if hasCity {
                tell(id, index)
            } else {
                let words = HospitalWords.words(of: name)
                check(DirectoryState.Subject(words: words, spoken: name), nil, index)
            }
            return true
        }
        guard said.answer == .no, said.name.isEmpty, said.city == nil else { return false }
        progress()
        state.stage = .open
        state.focus = []
        let name = state.subject.map { SaidValues.sentence($0.spoken) } ?? "it"
        say(.notInNetwork, ["hospital": name])
        ask(.anythingElse)
        return true
    }

    /// The one of some that was picked: by its place, its name, its city or its address.
    private func picked(
        _ said: DirectoryUnderstanding, _ ids: [Int], _ index: HospitalIndex
    ) -> Int? {
        switch said.choice {
        case .index(let place) where ids.indices.contains(place): return ids[place]
        case .last: return ids.last
        case .any: return ids.first
        default: break
        }
        if case .city(let city)? = said.city?.place, said.name.isEmpty {
            let there = ids.filter { index.cityOf[$0] == city }
            return there.count == 1 ? there[0] : nil
        }
        guard !said.name.isEmpty else {
            guard said.city == nil else { return nil }
            let fitting = ids.filter { id in
                Set(HospitalWords.words(of: index.hospitals[id].name)).isSuperset(of: said.kinds)
            }
            return !said.kinds.isEmpty && fitting.count == 1 ? fitting[0] : nil
        }
        let words = Set(said.name.map(HospitalWords.normal))
        let byAddress = ids.filter { id in
            !words.isDisjoint(
                with: HospitalWords.words(of: index.hospitals[id].address).filter { $0.count > 3 })
        }
        if byAddress.count == 1 { return byAddress[0] }
        let hits = index.search(said.name, in: .anywhere).filter { ids.contains($0.id) }
        guard let best = hits.first, best.score >= HospitalIndex.sure else { return nil }
        let isTied = hits.dropFirst().contains { $0.score > best.score - 0.02 }
        return isTied ? nil : best.id
    }

    // MARK: - Words

    private func full(_ id: Int, _ index: HospitalIndex) -> String {
        "\(index.hospitals[id].name) in \(index.cities[index.cityOf[id]].name)"
    }

    private func names(of cities: [Int], _ index: HospitalIndex) -> String {
        var names = cities.prefix(4).map { index.cities[$0].name }
        if cities.count > names.count {
            names.append("\(SaidValues.number(cities.count - names.count)) other cities")
        }
        return SaidValues.list(names, conjunction: "and")
    }

    /// The words that all names begin with; nil where those tell nothing.
    private func commonName(_ ids: [Int], _ index: HospitalIndex) -> String? {
        let names = ids.map { index.hospitals[$0].name.split(separator: " ") }
        var common = names[0]
        for name in names { common = Array(zip(common, name).prefix { $0 == $1 }.map(\.0)) }
        let isTelling = common.contains {
            !HospitalWords.generic.contains(HospitalWords.normal($0.lowercased()))
        }
        return isTelling ? common.joined(separator: " ") : nil
    }
}
