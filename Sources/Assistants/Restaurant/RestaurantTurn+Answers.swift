import Store

/// What the tools answered.
extension RestaurantTurn {
    mutating func take(_ result: Result<RestaurantAnswer, ToolError>) {
        guard let waiting = state.waiting else { return }
        switch (waiting, result) {
        case (.reservation, .success(.reservation(let answer))):
            take(
                dialogue.reservations.step(state.reservation, .answer(.success(answer)), now: now))
        case (.reservation, .failure(let error)):
            take(dialogue.reservations.step(state.reservation, .answer(.failure(error)), now: now))
        case (.menu, .success(.menu(let menu))):
            state.waiting = nil
            state.storeFailures = 0
            took(menu)
        case (.place, .success(.order(let answer))):
            state.waiting = nil
            state.storeFailures = 0
            took(answer)
        default: storeFailed()
        }
    }

    private mutating func took(_ menu: Menu) {
        state.take(menu)
        guard let input = state.heldInput else { return reprice(menu) }
        state.heldInput = nil
        take(input)
    }

    private mutating func took(_ answer: OrderAnswer) {
        switch answer {
        case .placed(let number, _, let minutes):
            state.placed = .init(number: number, minutes: minutes)
            state.isNumberHeard = false
            state.clearOrder()
            say(.placed)
            say(.orderNumber)
            say(.ready)
            askAnythingElse()
        case .closed: refuseClosed()
        case .priceChanged, .refused(.unknownItem), .refused(.sizeNeeded),
            .refused(.unknownExtra):
            // The menu is another one by now: it is read again, and the order with it.
            call(.menu)
        case .refused(.noAddress):
            state.address = nil
            goOn()
        case .refused, .priced: storeFailed()
        }
    }

    /// Holds the order against a menu that has changed.
    private mutating func reprice(_ menu: Menu) {
        let gone = state.lines.filter { menu.item(named: $0.item) == nil }
        state.lines.removeAll { line in gone.contains(line) }
        for index in state.lines.indices {
            guard let item = menu.item(named: state.lines[index].item) else { continue }
            state.lines[index].size = item.size(named: state.lines[index].size)?.name
            state.lines[index].extras.removeAll { item.extra(named: $0) == nil }
        }
        for line in gone { say(.noLongerSold, ["item": line.item]) }
        if gone.isEmpty { say(.priceChanged) }
        state.lastLine = state.lines.indices.last
        state.stage = .collecting
        goOn()
    }

    // MARK: - Trouble of the store

    /// The order stays with its key, so that a second try cannot place it twice. The menu is read again
    /// with the next words; to what was agreed to before, they are no yes.
    mutating func awaitRetry() -> Bool {
        guard state.menu != nil else {
            if state.stage == .confirming { state.stage = .changing }
            return false
        }
        state.stage = .retrying
        return true
    }

    mutating func retry() {
        if let call = state.waiting { self.call(call) } else { goOn() }
    }
}
