import Store

/// Going on: what is missing, what the tools answered.
extension ServiceDeskTurn {
    /// Asks for what is missing, or reads the order back.
    mutating func proceed() {
        guard state.customer != nil else { return askForNumber() }
        state.stage = .collecting
        if state.summary == nil {
            return state.service == nil
                ? ask(.askProblem, expecting: .problem) : ask(.askSummary, expecting: .summary)
        }
        if state.service == nil { return ask(.askService, expecting: .service) }
        switch (state.location, state.urgency) {
        case (nil, nil): ask(.askLocationAndUrgency, expecting: .locationAndUrgency)
        case (nil, _): ask(.askLocation, expecting: .location)
        case (_, nil): ask(.askUrgency, expecting: .urgency)
        default:
            state.stage = .confirming
            ask(.confirm, expecting: .yesNo)
        }
    }

    mutating func create() {
        guard let customer = state.customer, let service = state.service,
            let summary = state.summary, let location = state.location,
            let urgency = state.urgency
        else { return proceed() }
        call(
            .create(
                CreateTaskOrder.Arguments(
                    customerNumber: customer.number, service: service, summary: summary,
                    location: location, urgency: urgency)))
    }

    mutating func call(_ call: ServiceDeskCall) {
        state.waiting = call
        next = .call(call)
    }

    mutating func take(_ result: Result<ServiceDeskAnswer, ToolError>) {
        guard case .success(let answer) = result else { return storeFailed() }
        state.storeFailures = 0
        state.waiting = nil
        switch answer {
        case .customer(let customer): took(customer)
        case .entered(let customer): entered(customer)
        case .unknownCustomer where state.customer == nil: foundNobody()
        case .unknownCustomer:
            // The record was removed since it was found.
            state.customer = nil
            foundNobody()
        case .created(let number):
            state.taskNumber = number
            state.isNumberHeard = false
            state.clearOrder()
            say(.created)
            say(.taskNumber)
            askAnythingElse()
        case .refused: cannotBeReached()
        }
    }

    // MARK: - Trouble of the store

    /// The call stays with its key, so that a second try cannot have a second effect.
    mutating func awaitRetry() -> Bool {
        state.stage = .retrying
        state.expectation = .yesNo
        return true
    }

    mutating func retry() {
        if let call = state.waiting { self.call(call) } else { proceed() }
    }
}
