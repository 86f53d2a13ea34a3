import Store

/// Finding out who calls.
extension ServiceDeskTurn {
    mutating func identify(_ said: ServiceUnderstanding) {
        // Who begins with what is wrong is not asked for it again.
        let isNew = merge(said, replaces: false)
        if let digits = said.digits { return find(digits) }
        if said.isNew || state.stage == .unknown && said.answer == .yes { return beginRecord(said) }
        if said.hasForgotten {
            progress()
            return ask(.askPhoneInstead, expecting: .number)
        }
        if said.usesCallersNumber {
            progress()
            state.digits = ""
            guard dialogue.seesNumber else {
                say(.noCallersNumber)
                return askForNumber()
            }
            return call(.find(FindCustomer.Arguments(number: nil)))
        }
        if isNew { return askForNumber() }
        if state.stage == .unknown, said.answer == .no {
            progress()
            return askForNumber()
        }
        if said.commands.contains(.goodbye) || said.commands.contains(.finished) {
            return farewell()
        }
        if said.answer == .no {
            // "Do you have a customer number?" "No."
            progress()
            state.stage = .unknown
            return beginRecord(said)
        }
        nothingUnderstood(said)
    }

    mutating func askForNumber() {
        state.stage = .identifying
        ask(.askNumber, expecting: .number)
    }

    /// Looks a number up; one of a wrong length is asked for again.
    mutating func find(_ digits: String) {
        progress()
        let plain = digits.filter(\.isNumber)
        state.digits = plain
        let wanted = settings.desk.customerNumberDigits
        // Seven digits and more may be a telephone number.
        if wanted > 0, plain.utf8.count != wanted, plain.utf8.count < 7 {
            say(.wrongLength)
            return askForNumber()
        }
        call(.find(FindCustomer.Arguments(number: plain)))
    }

    mutating func took(_ customer: Customer) {
        state.customer = customer
        say(.hello)
        proceed()
    }

    mutating func foundNobody() {
        state.stage = .unknown
        ask(state.digits.isEmpty ? .callerUnknown : .notFound, expecting: .numberOrYes)
    }

    // MARK: - A new record

    private mutating func beginRecord(_ said: ServiceUnderstanding) {
        progress()
        state.stage = .registering
        state.newName = said.name
        takeCallersNumber(said)
        goOnWithRecord()
    }

    mutating func register(_ said: ServiceUnderstanding) {
        let before = (state.newName, state.newPhone)
        if let name = said.name { state.newName = name }
        if let digits = said.digits { state.newPhone = .digits(digits) }
        let isRefused = takeCallersNumber(said)
        if isRefused {
            progress()
            return goOnWithRecord()
        }
        if state.question == .askPhone, said.answer == .no, said.digits == nil {
            state.newPhone = .withheld
        }
        if before.0 != state.newName || before.1 != state.newPhone {
            progress()
            return goOnWithRecord()
        }
        if said.commands.contains(.goodbye) { return farewell() }
        guard state.stage == .confirmingRecord else {
            // Another engine's words did not hold all of the record: it is read back first.
            let isWhole = state.newName != nil && state.newPhone != nil
            return isWhole && said.answer == .yes ? goOnWithRecord() : nothingUnderstood(said)
        }
        switch said.answer {
        case .yes:
            progress()
            enter()
        case .no:
            progress()
            state.stage = .registering
            ask(.askRecordChange, expecting: .record(name: true, phone: true))
        case nil where !said.mentioned.isEmpty:
            progress()
            if said.mentioned.contains(.name) { state.newName = nil }
            if said.mentioned.contains(.phone) { state.newPhone = nil }
            goOnWithRecord()
        case nil: nothingUnderstood(said)
        }
    }

    /// - Returns: whether it was meant and cannot be taken, which has been said.
    @discardableResult
    private mutating func takeCallersNumber(_ said: ServiceUnderstanding) -> Bool {
        guard said.usesCallersNumber else { return false }
        if dialogue.seesNumber {
            state.newPhone = .callers
        } else {
            say(.noCallersNumber)
            state.newPhone = nil
        }
        return !dialogue.seesNumber
    }

    private mutating func goOnWithRecord() {
        state.stage = .registering
        if state.newName == nil {
            return ask(
                .askCustomerName, expecting: .record(name: true, phone: state.newPhone == nil))
        }
        if state.newPhone == nil {
            return ask(.askPhone, expecting: .record(name: false, phone: true))
        }
        state.stage = .confirmingRecord
        ask(.confirmRecord, expecting: .yesNo)
    }

    private mutating func enter() {
        guard let name = state.newName else { return goOnWithRecord() }
        let phone: String? =
            switch state.newPhone {
            case .digits(let digits): digits
            case .callers: nil
            case .withheld, nil: ""
            }
        call(.enter(CreateCustomer.Arguments(name: name, phone: phone)))
    }

    mutating func entered(_ customer: Customer) {
        state.customer = customer
        state.newName = nil
        state.newPhone = nil
        say(.entered)
        proceed()
    }

    /// The number that is called from is hidden, or what was said is not a number.
    mutating func cannotBeReached() {
        if state.newPhone == .callers { say(.noCallersNumber) }
        state.newPhone = nil
        goOnWithRecord()
    }
}
