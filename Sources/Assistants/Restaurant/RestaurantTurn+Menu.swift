import Language
import Store

/// Answers to questions about the menu.
extension RestaurantTurn {
    /// As many dishes as are said in one breath.
    private static let offersMax = 6

    mutating func answer(_ question: MenuQuestion, _ said: OrderUnderstanding) {
        guard let menu = state.menu else { return }
        progress()
        if let service = said.service { state.service = service }
        guard !menu.items.isEmpty else {
            say(.noMenu)
            return
        }
        switch question {
        case .overview: overview(menu)
        case .list(let ids, let tags): list(menu.items(among: ids, tags: tags), tags)
        case .price(let ids): tellPrices(ids.map { menu.items[$0] })
        case .contents(let ids): for id in ids.prefix(3) { tellContents(menu.items[id]) }
        case .check(let ids, let tags): check(ids.map { menu.items[$0] }, tags)
        case .more: more()
        case .unknown: say(.notOnMenu)
        }
        resume()
    }

    /// Comes back to the question that was open before.
    private mutating func resume() {
        if state.isReserving {
            if let question = state.reservation.lastReply.last { sentences.append(question) }
            return
        }
        switch state.stage {
        case .sizing, .confirming, .changing: askAgain()
        case .collecting where !state.lines.isEmpty: askAgain()
        default: break
        }
    }

    private mutating func overview(_ menu: Menu) {
        guard menu.items.count > Self.offersMax else { return list(menu.items, []) }
        let names = menu.categories.map { $0.lowercased() }
        say(.categories, ["options": SaidValues.list(names, conjunction: "and")])
    }

    private mutating func list(_ items: [MenuItem], _ tags: [String]) {
        guard !items.isEmpty else {
            return tags.isEmpty ? say(.notOnMenu) : say(.noneWithTag, ["tags": words(tags)])
        }
        state.moreOffers = items.map(\.offer)
        offer(.list)
    }

    private mutating func more() {
        if state.moreOffers.isEmpty { say(.noMore) } else { offer(.listMore) }
    }

    private mutating func offer(_ key: OrderPromptKey) {
        let now = Array(state.moreOffers.prefix(Self.offersMax))
        state.moreOffers.removeFirst(now.count)
        say(key, ["options": SaidValues.list(now, conjunction: "and")])
        if !state.moreOffers.isEmpty {
            say(.moreOffer, ["count": SaidValues.number(state.moreOffers.count)])
        }
    }

    private mutating func tellPrices(_ items: [MenuItem]) {
        guard items.count <= 3 else { return list(items, []) }
        for item in items {
            let options =
                item.sizes.count == 1
                ? item.sizes.first?.price.description ?? ""
                : item.sizeOffers(conjunction: "and")
            say(.price, ["item": item.name, "options": options])
        }
    }

    private mutating func tellContents(_ item: MenuItem) {
        if item.summary.isEmpty {
            say(.contentsUnknown, ["item": item.name])
        } else {
            say(.contents, ["item": item.name, "options": item.summary])
        }
    }

    private mutating func check(_ items: [MenuItem], _ tags: [String]) {
        if tags.isEmpty {
            let offers = SaidValues.list(
                items.prefix(Self.offersMax).map(\.offer), conjunction: "and")
            return say(.isSold, ["options": offers])
        }
        for item in items.prefix(3) {
            let has = tags.allSatisfy(item.has)
            say(has ? .hasTag : .hasNotTag, ["item": item.name, "tags": words(tags)])
        }
    }

    private func words(_ tags: [String]) -> String {
        SaidValues.list(tags, conjunction: "and")
    }
}
