import Language
import Store

/// Putting sentences together.
extension ServiceDeskTurn {
    func values(of key: ServicePromptKey) -> [String: String] {
        var result = [
            "digits": SaidValues.digits(state.digits),
            "count": SaidValues.number(settings.desk.customerNumberDigits),
            "services": SaidValues.list(settings.desk.services.map(\.name)),
        ]
        if let customer = state.customer {
            result["customer"] = customer.name
            result["number"] = SaidValues.digits(customer.number)
        } else if let name = state.newName {
            result["customer"] = name
        }
        if let number = state.taskNumber, key == .taskNumber {
            result["number"] = SaidValues.digits(String(number))
        }
        result["phone"] =
            switch state.newPhone {
            case .digits(let digits): "telephone " + SaidValues.digits(digits)
            case .callers: "with the number that you are calling from"
            case .withheld, nil: "without a telephone number"
            }
        result["service"] = state.service
        result["problem"] = state.summary
        result["location"] = state.location
        result["urgency"] = state.urgency.map(Self.words)
        return result
    }

    private static func words(_ urgency: Urgency) -> String {
        switch urgency {
        case .urgent: "urgent"
        case .normal: "of normal urgency"
        case .low: "not urgent"
        }
    }

    mutating func ask(_ key: ServicePromptKey, expecting expectation: ServiceExpectation) {
        state.expectation = expectation
        ask(key)
    }

    mutating func askAnythingElse() {
        state.stage = .done
        ask(.anythingElse, expecting: .anything)
    }
}
