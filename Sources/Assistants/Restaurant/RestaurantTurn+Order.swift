import Language
import Store

/// Putting what was said into the order, and asking for what is missing.
extension RestaurantTurn {
    private typealias Line = RestaurantState.Line

    /// Applies mentions, lone values and removals to the lines.
    mutating func apply(_ said: OrderUnderstanding) {
        var touched: [Int] = []
        let removed = said.mentions.filter { $0.role == .removed }
        var wanted = said.mentions.filter { $0.role == .wanted }
        if said.changes, !said.adds { wanted = wanted.map(ordered) }
        if said.mentions.isEmpty, said.removesLast { return removeLast() }
        if let (old, new) = replacement(said, removed, wanted) {
            replace(old, new, &touched)
            wanted = []
        } else {
            for mention in removed { remove(mention) }
        }
        for (index, mention) in wanted.enumerated() {
            guard mention.ids.count == 1 else {
                state.stage = .choosing(mention)
                state.waitingMentions += wanted[(index + 1)...]
                break
            }
            take(mention, said, &touched)
        }
        if said.mentions.isEmpty { applyLoneValues(said, &touched) }
        tell(touched, said.changes ? .changed : .added)
    }

    /// "Make the salad large" means the salad that is ordered, whatever other salads there are.
    private func ordered(_ mention: ItemMention) -> ItemMention {
        guard let menu = state.menu, mention.ids.count > 1,
            mention.size != nil || mention.quantity != nil || !mention.extras.isEmpty
                || !mention.droppedExtras.isEmpty
        else { return mention }
        let ids = mention.ids.filter { id in
            state.lines.contains { $0.item == menu.items[id].name }
        }
        guard ids.count == 1 else { return mention }
        var mention = mention
        mention.ids = ids
        return mention
    }

    /// The line that goes and the mention that comes, where one takes the other's place.
    private func replacement(
        _ said: OrderUnderstanding, _ removed: [ItemMention], _ wanted: [ItemMention]
    ) -> (Int, ItemMention)? {
        if removed.count == 1, wanted.count == 1, wanted[0].ids.count == 1,
            let line = line(of: removed[0])
        {
            return (line, wanted[0])
        }
        guard said.replaces, !said.adds, removed.isEmpty else { return nil }
        if wanted.count == 2, wanted[1].ids.count == 1, let line = line(of: wanted[0]) {
            return (line, wanted[1])
        }
        if wanted.count == 1, wanted[0].ids.count == 1, line(of: wanted[0]) == nil,
            let last = state.lastLine, state.lines.indices.contains(last)
        {
            return (last, wanted[0])
        }
        return nil
    }

    private mutating func replace(_ line: Int, _ mention: ItemMention, _ touched: inout [Int]) {
        guard var new = newLine(mention) else { return }
        if mention.quantity == nil { new.quantity = state.lines[line].quantity }
        if new.size == nil, let item = item(new),
            let size = item.size(named: state.lines[line].size)
        {
            new.size = size.name
        }
        state.lines[line] = new
        state.lastLine = line
        touched.append(line)
    }

    private mutating func take(
        _ mention: ItemMention, _ said: OrderUnderstanding, _ touched: inout [Int]
    ) {
        if let line = line(of: mention), !said.adds || said.replaces {
            update(line, mention)
            state.lastLine = line
            touched.append(line)
            return
        }
        guard let new = newLine(mention) else { return }
        let same = state.lines.firstIndex {
            $0.item == new.item && ($0.size == new.size || mention.size == nil)
                && ($0.extras == new.extras)
        }
        if let same {
            guard allows(state.lines[same].quantity + new.quantity, new.item) else { return }
            state.lines[same].quantity += new.quantity
            touched.append(same)
            state.lastLine = same
        } else {
            state.lines.append(new)
            touched.append(state.lines.count - 1)
            state.lastLine = state.lines.count - 1
        }
    }

    /// The line that a mention of something ordered means: of that item, and of that size if said.
    private func line(of mention: ItemMention) -> Int? {
        guard let menu = state.menu else { return nil }
        let names = mention.ids.map { menu.items[$0].name }
        let lines = state.lines.indices.filter { names.contains(state.lines[$0].item) }
        let sized = lines.first { state.lines[$0].size?.lowercased() == mention.size }
        return sized ?? (lines.count == 1 || mention.size == nil ? lines.last : nil)
    }

    private func item(_ line: RestaurantState.Line) -> MenuItem? {
        state.menu?.item(named: line.item)
    }

    private mutating func newLine(_ mention: ItemMention) -> RestaurantState.Line? {
        guard let menu = state.menu, let id = mention.ids.first else { return nil }
        let item = menu.items[id]
        let quantity = mention.quantity ?? 1
        guard allows(quantity, item.name) else { return nil }
        let size = item.size(named: mention.size)
        if size == nil, mention.size != nil { sayNoSuchSize(item) }
        var line = RestaurantState.Line(
            item: item.name, size: size?.name, extras: [], quantity: quantity)
        addExtras(mention.extras, to: &line)
        dropExtras(mention.droppedExtras, from: &line)
        return line
    }

    private mutating func update(_ index: Int, _ mention: ItemMention) {
        if let quantity = mention.quantity, allows(quantity, state.lines[index].item) {
            state.lines[index].quantity = quantity
        }
        if let size = mention.size { setSize(size, of: index) }
        putExtras(mention.extras, dropping: mention.droppedExtras, on: index)
    }

    private mutating func allows(_ quantity: Int, _ item: String) -> Bool {
        if (1...OrderPricing.quantityMax).contains(quantity) { return true }
        say(.tooMany, ["max": String(OrderPricing.quantityMax), "item": item])
        return false
    }

    mutating func setSize(_ size: String, of index: Int) {
        guard let item = item(state.lines[index]) else { return }
        if let known = item.size(named: size) {
            state.lines[index].size = known.name
        } else {
            sayNoSuchSize(item)
        }
    }

    private mutating func sayNoSuchSize(_ item: MenuItem) {
        say(.noSuchSize, ["item": item.name, "options": item.sizeOffers(conjunction: "or")])
    }

    private mutating func putExtras(
        _ names: [String], dropping dropped: [String], on index: Int
    ) {
        var line = state.lines[index]
        addExtras(names, to: &line)
        dropExtras(dropped, from: &line)
        state.lines[index] = line
    }

    private mutating func addExtras(_ names: [String], to line: inout RestaurantState.Line) {
        for name in names {
            guard let extra = item(line)?.extra(named: name) else {
                say(.noSuchExtra, ["extra": name.lowercased(), "item": line.item])
                continue
            }
            if !line.extras.contains(extra.name) { line.extras.append(extra.name) }
        }
    }

    private mutating func dropExtras(_ names: [String], from line: inout RestaurantState.Line) {
        for name in names {
            if let place = line.extras.firstIndex(of: name) {
                line.extras.remove(at: place)
            } else {
                say(.cannotDrop, ["extra": name.lowercased(), "item": line.item])
            }
        }
    }

    private mutating func applyLoneValues(_ said: OrderUnderstanding, _ touched: inout [Int]) {
        guard var last = state.lastLine, state.lines.indices.contains(last) else { return }
        if let size = said.size, let other = lineThatComes(in: size, unless: last) { last = other }
        let before = state.lines[last]
        if let size = said.size { setSize(size, of: last) }
        if let number = said.number, said.changes, said.size == nil {
            if number == 0 { return removeLast() }
            if allows(number, before.item) { state.lines[last].quantity = number }
        }
        putExtras(said.extras, dropping: said.droppedExtras, on: last)
        if state.lines[last] != before { touched.append(last) }
    }

    /// "Large", of a gelato and a salad, is the salad; nil where the line that "it" means has that size,
    /// or none or several others have it.
    private func lineThatComes(in size: String, unless last: Int) -> Int? {
        let fitting = state.lines.indices.filter { index in
            item(state.lines[index])?.sizes.contains { $0.name.lowercased() == size } ?? false
        }
        return fitting.count == 1 && fitting[0] != last ? fitting[0] : nil
    }

    // MARK: - Taking off

    private mutating func remove(_ mention: ItemMention) {
        guard let index = line(of: mention) else {
            guard let menu = state.menu, let id = mention.ids.first else { return }
            return say(.notInOrder, ["item": menu.items[id].name])
        }
        var gone = state.lines[index]
        if let quantity = mention.quantity, quantity < gone.quantity {
            state.lines[index].quantity -= quantity
            gone.quantity = quantity
        } else {
            removeLine(index)
        }
        say(.removed, ["item": words(gone)])
    }

    private mutating func removeLast() {
        guard let index = state.lastLine ?? state.lines.indices.last,
            state.lines.indices.contains(index)
        else { return say(.emptyOrder) }
        let gone = state.lines[index]
        removeLine(index)
        say(.removed, ["item": words(gone)])
    }

    private mutating func removeLine(_ index: Int) {
        state.lines.remove(at: index)
        state.lastLine = state.lines.indices.last
        state.stage = .collecting
    }

    /// The mention that was offered with what the choice adds to it.
    func joined(_ offered: ItemMention, _ chosen: ItemMention) -> ItemMention {
        var mention = chosen
        mention.quantity = chosen.quantity ?? offered.quantity
        mention.size = chosen.size ?? offered.size
        mention.extras = offered.extras + chosen.extras
        mention.droppedExtras = offered.droppedExtras + chosen.droppedExtras
        return mention
    }

    // MARK: - What is missing

    var openForOrders: Bool { rules.isOpen(now) }

    /// Asks for what is missing, or reads the order back.
    mutating func goOn() {
        if !openForOrders, !state.lines.isEmpty || isChoosing { return refuseClosed() }
        if isChoosing { return ask(.askWhich) }
        if !state.waitingMentions.isEmpty {
            var said = OrderUnderstanding()
            said.mentions = state.waitingMentions
            said.adds = true
            state.waitingMentions = []
            apply(said)
            return goOn()
        }
        if let unsized = state.lines.firstIndex(where: { $0.size == nil }) {
            state.stage = .sizing(unsized)
            return ask(.askSize)
        }
        state.stage = .collecting
        guard !state.lines.isEmpty else {
            state.lastLine = nil
            guard state.menu?.items.isEmpty == false else { return refuseWithoutMenu() }
            return ask(.askItem)
        }
        switch state.service {
        case nil: ask(.askService)
        case .delivery where state.address == nil: ask(.askAddress)
        case .delivery: readBack(.confirmDelivery)
        case .pickup: readBack(.confirmPickup)
        }
    }

    /// True when nothing has to be asked any more but whether it is right.
    var isComplete: Bool {
        !isChoosing && state.waitingMentions.isEmpty && !state.lines.isEmpty
            && state.lines.allSatisfy { $0.size != nil } && state.service != nil
            && (state.service == .pickup || state.address != nil)
    }

    private var isChoosing: Bool { if case .choosing = state.stage { true } else { false } }

    private mutating func readBack(_ key: OrderPromptKey) {
        state.stage = .confirming
        ask(key)
    }

    /// Nothing can be ordered from an empty menu; tables can still be had.
    mutating func refuseWithoutMenu() {
        state.clearOrder()
        say(.noMenu)
        askAnythingElse()
    }

    mutating func refuseClosed() {
        state.clearOrder()
        say(.closed)
        let local = rules.clock.local(at: now)
        if let opening = settings.openingHours.nextOpening(after: local) {
            let periods = settings.openingHours.periods(on: opening.date)
            if opening.date == local.date {
                let hours = SaidValues.seatingHours(periods, lastSeatingMinutes: 0)
                sayShared(.openHours, ["day": "today", "hours": hours])
            } else {
                let when = SaidValues.moment(opening, today: local.date, preposition: true)
                say(.opensAgain, ["when": when])
            }
        }
        askAnythingElse()
    }

    // MARK: - Placing

    var wishes: [OrderWish] {
        state.lines.map {
            OrderWish(
                item: $0.item, size: $0.size ?? "", extras: $0.extras, quantity: $0.quantity)
        }
    }

    /// What the lines cost by the menu that was read; nil while a size is missing.
    func price(_ lines: [RestaurantState.Line]) -> Money? {
        guard let menu = state.menu else { return nil }
        let wishes = lines.map {
            OrderWish(
                item: $0.item, size: $0.size ?? "", extras: $0.extras, quantity: $0.quantity)
        }
        guard let priced = try? OrderPricing.price(wishes, from: menu.items) else { return nil }
        return OrderPricing.total(of: priced)
    }

    mutating func place() {
        guard let service = state.service, let total = price(state.lines) else { return goOn() }
        let arguments = PlaceOrder.Arguments(
            wishes: wishes, service: service,
            address: service == .delivery ? state.address : nil, total: total)
        call(.place(arguments))
    }

    mutating func call(_ call: RestaurantCall) {
        state.waiting = call
        next = .call(call)
    }
}
