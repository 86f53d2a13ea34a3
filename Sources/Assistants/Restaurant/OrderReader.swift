import Language
import Store

/// Applies the recognisers to one utterance, one after the other; each leaves the tokens that it used
/// to nobody else.
struct OrderReader {
    let utterance: Utterance
    let menu: Menu
    let expectation: OrderExpectation
    private var taken: [Range<Int>] = []
    private var result = OrderUnderstanding()
    private var sizes: [Match<String>] = []
    private var numbers: [Match<Int>] = []
    private var asks: [OrderWords.Ask] = []
    private var isRequest = false

    init(utterance: Utterance, menu: Menu, expectation: OrderExpectation) {
        self.utterance = utterance
        self.menu = menu
        self.expectation = expectation
    }

    mutating func read() -> OrderUnderstanding {
        guard !utterance.isEmpty else {
            result.isEmpty = true
            return result
        }
        readPhrases()
        readAddress()
        readService()
        let tags = readTags()
        readMentions()
        readLoneValues()
        readQuestion(tags)
        readConversation()
        let tables = OrderWords.tables.matches(in: utterance)
        result.wantsTable = tables.contains { $0.value }
        result.namesTable = !tables.isEmpty && result.mentions.isEmpty
        return result
    }

    private func isFree(_ range: Range<Int>) -> Bool { !taken.contains { $0.overlaps(range) } }

    private mutating func readPhrases() {
        asks = OrderWords.asks.matches(in: utterance).map(\.value)
        let asksFirst =
            ["what", "what's", "which", "how"].contains(utterance.word(0))
            && utterance.word(1) != "about"
        isRequest = !asksFirst && !OrderWords.requests.matches(in: utterance).isEmpty
        result.isQuestion = ScriptedWords.isQuestion(utterance)
        result.asksHours = ScriptedWords.asksHours(utterance)
        let changes = OrderWords.changes.matches(in: utterance)
        result.changes = !changes.isEmpty
        result.replaces = changes.contains { $0.value }
        result.adds = utterance.tokens.contains { OrderWords.additions.contains($0.text) }
        result.removesLast = !OrderWords.removesLast.matches(in: utterance).isEmpty
        result.asksTotal = asks.contains(.total)
        result.asksDuration = asks.contains(.duration)
    }

    private mutating func readAddress() {
        let isExpected = expectation == .address
        var found = HeardAddress.street(in: utterance, inWords: isExpected)
        if found == nil, isExpected, !saysSomethingElse {
            found = HeardAddress.whole(of: utterance)
        }
        guard let address = found else { return }
        result.address = address.value
        taken.append(address.range)
    }

    /// Asked for the address, "2 more cokes" or "make it 3" is none; "12 Main" is, whatever the menu
    /// calls mains.
    private var saysSomethingElse: Bool {
        if result.changes || result.isQuestion || result.asksHours { return true }
        if OrderWords.services.matches(in: utterance).contains(where: { $0.value == .pickup }) {
            return true
        }
        return menu.names.hits(in: utterance).contains { hit in
            hit.score > 0.9
                && !hit.range.allSatisfy {
                    CommonWords.contains(NameIndex.normal(utterance.word($0)))
                }
        }
    }

    private mutating func readService() {
        let found = OrderWords.services.matches(in: utterance).filter { isFree($0.range) }
        // "not delivery, pickup"
        let meant = found.filter { utterance.word($0.range.lowerBound - 1) != "not" }
        result.service = meant.last?.value
        if result.address != nil { result.service = result.service ?? .delivery }
        taken += found.map(\.range)
    }

    /// Dietary words; those that are part of an item's name go to the item.
    private mutating func readTags() -> [String] {
        let found = OrderWords.tags.matches(in: utterance).filter { isFree($0.range) }
        guard !found.isEmpty else { return [] }
        let asksForAny = !isRequest && (asks.contains(.what) || asks.contains(.menu))
        let hits = menu.names.hits(in: utterance, taken: taken)
        var tags: [String] = []
        for match in found {
            let isName = hits.contains { hit in
                hit.range.overlaps(match.range) && hit.range.count > match.range.count
            }
            if isName && !asksForAny { continue }
            if !tags.contains(match.value) { tags.append(match.value) }
            taken.append(match.range)
        }
        return tags
    }

    // MARK: - Items

    private mutating func readMentions() {
        sizes = menu.sizes(in: utterance).filter { isFree($0.range) }
        numbers = scanNumbers().filter { number in
            isFree(number.range) && !sizes.contains { $0.range.overlaps(number.range) }
        }
        var hits = menu.names.hits(in: utterance, taken: taken)
        let named = menu.extras.hits(in: utterance, taken: taken)
        // An extra that was understood to the letter is not an item that merely sounds like it.
        let sure = named.filter { extra in
            extra.score == 1
                && !hits.contains { $0.score == 1 && $0.range.overlaps(extra.range) }
        }.map(\.range)
        if hits.contains(where: { hit in sure.contains { $0.overlaps(hit.range) } }) {
            hits = menu.names.hits(in: utterance, taken: taken + sure)
        }
        if hits.isEmpty, named.isEmpty { hits = countedHits() }
        var extras: [NameIndex.Hit] = []
        for extra in named where isExtra(extra, hits, after: extras.last) {
            extras.append(extra)
            hits.removeAll { $0.range.overlaps(extra.range) }
        }
        for hit in hits {
            // What is a size here is no item ("a small house salad").
            sizes.removeAll { hit.range.overlaps($0.range) && hit.range.count >= $0.range.count }
        }
        var end = 0
        for hit in hits {
            let mention = self.mention(hit, after: end)
            result.mentions.append(mention)
            taken.append(mention.range)
            end = mention.range.upperBound
        }
        for size in sizes where isFree(size.range) { give(size) }
        for extra in extras where isFree(extra.range) { give(extra) }
        foldGroups()
    }

    /// What is counted in a request is a dish, even in words of everyday talk: "I want to order two
    /// more great pieces" is two Margherita pizzas.
    private func countedHits() -> [NameIndex.Hit] {
        guard isRequest else { return [] }
        let counts = numbers.map(\.range) + sizes.map(\.range)
        return menu.names.hits(in: utterance, taken: taken + counts, isNamed: true).filter { hit in
            counts.contains { $0.upperBound == hit.range.lowerBound }
        }
    }

    private func scanNumbers() -> [Match<Int>] {
        var found: [Match<Int>] = []
        var index = 0
        while index < utterance.count {
            if let number = HeardNumber.cardinal(utterance, at: index) {
                found.append(number)
                index = number.range.upperBound
            } else {
                index += 1
            }
        }
        return found
    }

    /// An item with the words before it that count and size it.
    private mutating func mention(_ hit: NameIndex.Hit, after end: Int) -> ItemMention {
        var mention = ItemMention(ids: hit.ids, isSure: hit.score > 0.95, range: hit.range)
        if case .item(let offered) = expectation {
            let both = hit.ids.filter(offered.contains)
            if !both.isEmpty { mention.ids = both }
        }
        var start = hit.range.lowerBound
        while start > end {
            if let size = sizes.first(where: { $0.range.upperBound == start }), mention.size == nil,
                isFree(size.range)
            {
                mention.size = size.value
                start = size.range.lowerBound
            } else if let number = numbers.first(where: { $0.range.upperBound == start }),
                mention.quantity == nil, isFree(number.range)
            {
                mention.quantity = number.value
                start = number.range.lowerBound
            } else if mention.quantity == nil,
                ["a", "an", "another"].contains(utterance.word(start - 1))
            {
                // "makes a pepperoni medium": "make the", misheard; nothing is counted.
                if !Self.making.contains(utterance.word(start - 2)) { mention.quantity = 1 }
                start -= 1
            } else if let number = homophone(before: start, end: hit.range.upperBound),
                mention.quantity == nil
            {
                mention.quantity = number
                start -= 1
            } else if OrderWords.fillersBefore.contains(utterance.word(start - 1)),
                !utterance.hasBreak(after: start - 1)
            {
                start -= 1
            } else {
                break
            }
        }
        mention.range = start..<hit.range.upperBound
        if isRemoved(before: start, after: end) { mention.role = .removed }
        return mention
    }

    private static let making: Set<String> = ["make", "makes"]

    /// "I want to order to Margherita pizzas": the number was written as it sounds.
    private func homophone(before start: Int, end: Int) -> Int? {
        guard start > 0, numbers.allSatisfy({ $0.range.upperBound != start }),
            HeardNumber.cardinal(utterance, at: start - 1) == nil,
            let number = HeardNumber.soundingLikeCardinal(utterance, at: start - 1)?.value,
            utterance.word(end - 1).hasSuffix("s"),
            ["order", "get", "have", "take", "want", "add", "like"].contains(
                utterance.word(start - 2))
        else { return nil }
        return number
    }

    private func isRemoved(before start: Int, after end: Int) -> Bool {
        let between = OrderWords.removals.matches(in: utterance).last {
            $0.range.lowerBound >= end && $0.range.upperBound <= start
        }
        guard let between else { return false }
        // "I don't want pepperoni, I want …": the verb next to the name counts.
        return start - between.range.upperBound <= 2
    }

    /// True when a name of an extra means the extra, and not an item of that name.
    private func isExtra(
        _ extra: NameIndex.Hit, _ hits: [NameIndex.Hit], after last: NameIndex.Hit?
    ) -> Bool {
        let item = hits.first { $0.range.overlaps(extra.range) }
        guard let item else { return true }
        if item.range.count > extra.range.count || item.score > extra.score + 0.1 { return false }
        var index = extra.range.lowerBound - 1
        while index >= 0,
            ["some", "more", "the", "a", "lots", "of"].contains(utterance.word(index))
        {
            index -= 1
        }
        let word = utterance.word(index)
        let opens = OrderWords.extraOpenings.contains(word) || OrderWords.extraDrops.contains(word)
        if opens || utterance.word(extra.range.lowerBound) == "extra" {
            let before = hits.contains { $0.range.upperBound <= extra.range.lowerBound }
            return before || word != "add"
        }
        // "with olives and pepperoni": a list goes on where no article begins a new item.
        guard let last else { return false }
        let gap = last.range.upperBound..<extra.range.lowerBound
        return gap.isEmpty || gap.count == 1 && utterance.word(gap.lowerBound) == "and"
    }

    /// A size that stands after its item ("a pepperoni pizza, large").
    private mutating func give(_ size: Match<String>) {
        taken.append(size.range)
        let owner = result.mentions.lastIndex {
            $0.range.upperBound <= size.range.lowerBound && $0.size == nil
                && $0.ids.contains { menu.items[$0].size(named: size.value) != nil }
        }
        if let owner { result.mentions[owner].size = size.value } else { result.size = size.value }
    }

    private mutating func give(_ hit: NameIndex.Hit) {
        guard let id = hit.ids.first else { return }
        taken.append(hit.range)
        let name = menu.extraNames[id]
        let isDropped = OrderWords.extraDrops.contains(utterance.word(hit.range.lowerBound - 1))
        let owner = result.mentions.lastIndex { $0.range.upperBound <= hit.range.lowerBound }
        switch (owner, isDropped) {
        case (let owner?, false): result.mentions[owner].extras.append(name)
        case (let owner?, true): result.mentions[owner].droppedExtras.append(name)
        case (nil, false): result.extras.append(name)
        case (nil, true): result.droppedExtras.append(name)
        }
    }

    /// "two pizzas, one Margherita and one pepperoni": the group only announces what follows.
    private mutating func foldGroups() {
        guard let group = result.mentions.first, group.ids.count > 1, result.mentions.count > 1
        else { return }
        let rest = result.mentions.dropFirst()
        guard rest.allSatisfy({ Set($0.ids).isSubset(of: group.ids) && $0.role == group.role })
        else { return }
        result.mentions.removeFirst()
        guard let size = group.size else { return }
        for index in result.mentions.indices where result.mentions[index].size == nil {
            result.mentions[index].size = size
        }
    }

    // MARK: - The rest

    private mutating func readLoneValues() {
        guard result.address == nil else { return }
        result.number =
            numbers.last { number in
                isFree(number.range)
                    && !OrderWords.units.contains(utterance.word(number.range.upperBound))
            }?.value
        if expectation == .size, result.size == nil, let number = result.number {
            result.size = menu.items.flatMap(\.sizes).map { $0.name.lowercased() }.first {
                $0.hasPrefix("\(number) ")
            }
        }
    }

    private mutating func readQuestion(_ tags: [String]) {
        let ids = result.mentions.flatMap(\.ids)
        if isRequest, !tags.isEmpty, !ids.isEmpty {
            // "I'd like a vegan pizza"
            for index in result.mentions.indices {
                let fitting = result.mentions[index].ids.filter { id in
                    tags.allSatisfy { menu.items[id].has($0) }
                }
                if fitting.isEmpty { result.question = .list(ids: ids, tags: tags) }
                result.mentions[index].ids = fitting
            }
            return
        }
        guard !isRequest || asks.contains(.menu) || ids.isEmpty && !tags.isEmpty else { return }
        let asksAnything = result.isQuestion || !asks.isEmpty || !tags.isEmpty
        guard asksAnything, !result.asksTotal else { return }
        if asks.contains(.contents), !ids.isEmpty {
            result.question = .contents(ids)
        } else if asks.contains(.price), !ids.isEmpty {
            result.question = .price(ids)
        } else if !tags.isEmpty {
            let isAboutOne = ids.count == 1 && !asks.contains(.what)
            let among = ids.isEmpty ? nil : ids
            result.question =
                isAboutOne ? .check(ids: ids, tags: tags) : .list(ids: among, tags: tags)
        } else if asks.contains(.menu), ids.isEmpty {
            result.question = .overview
        } else if asks.contains(.more), ids.isEmpty {
            result.question = .more
        } else if !ids.isEmpty, result.isQuestion, !result.changes {
            let isList = ids.count > 1 && result.mentions.count == 1 || asks.contains(.what)
            result.question = isList ? .list(ids: ids, tags: []) : .check(ids: ids, tags: [])
        } else if ids.isEmpty, result.isQuestion, asks.contains(.isThere) || asks.contains(.price) {
            result.question = .unknown
        }
    }

    private mutating func readConversation() {
        let commands = HeardCommand.matches(in: utterance)
        for match in commands where isFree(match.range) {
            if match.value.isWeak {
                result.weakCommands.append(match.value.command)
            } else {
                result.commands.append(match.value.command)
            }
        }
        let greetings = commands.filter { $0.value.command == .greeting }.map(\.range)
        result.answer = HeardAnswer.answer(of: utterance, excluding: greetings + taken)
        if case .item = expectation { result.choice = HeardChoice.match(utterance)?.value }
        result.wantsToOrder = !OrderWords.orderOpenings.matches(in: utterance).isEmpty
    }
}
