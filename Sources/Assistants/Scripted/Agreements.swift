// What each kind of dialogue asks agreement to, and what its calls would do. The caller's yes counts in
// the same way for all: see ScriptedDialogueSession+Effects.

extension ReservationDialogue {
    public func asksForAgreement(in state: ReservationState) -> Bool {
        switch state.stage {
        case .confirming, .cancelling, .retrying: true
        case .collecting, .choosing, .changing, .done: false
        }
    }
}

extension RestaurantDialogue {
    public func asksForAgreement(in state: RestaurantState) -> Bool {
        if state.topic == .reservation {
            return reservations.asksForAgreement(in: state.reservation)
        }
        return switch state.stage {
        case .confirming, .retrying: true
        case .collecting, .choosing, .sizing, .changing, .done: false
        }
    }
}

extension ServiceDeskDialogue {
    public func asksForAgreement(in state: ServiceDeskState) -> Bool {
        switch state.stage {
        case .confirmingRecord, .confirming, .retrying: true
        case .identifying, .unknown, .registering, .collecting, .changing, .done: false
        }
    }
}

extension DirectoryDialogue {
    public func asksForAgreement(in state: DirectoryState) -> Bool { false }
}

extension ReservationCall {
    public func effectName(in context: ToolContext) -> String? {
        switch kind {
        case .create(let arguments): context.effectName(CreateReservation.self, arguments)
        // These name their record.
        case .check, .change, .cancel: nil
        }
    }
}

extension RestaurantCall {
    public func effectName(in context: ToolContext) -> String? {
        switch kind {
        case .menu: nil
        case .place(let arguments): context.effectName(PlaceOrder.self, arguments)
        case .reservation(let call): call.effectName(in: context)
        }
    }
}

extension ServiceDeskCall {
    public func effectName(in context: ToolContext) -> String? {
        switch kind {
        case .find: nil
        case .enter(let arguments): context.effectName(CreateCustomer.self, arguments)
        case .create(let arguments): context.effectName(CreateTaskOrder.self, arguments)
        }
    }
}

extension DirectoryCall {
    public func effectName(in context: ToolContext) -> String? { nil }
}
