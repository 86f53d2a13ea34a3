import Language
import Store

/// Words that talk about orders and menus without naming an item.
enum OrderWords {
    static let services = PhraseTable<OrderService>([
        (
            .delivery,
            [
                "delivery", "deliver", "delivered", "delivering", "bring it", "send it",
                "for delivering", "to my house", "to my place", "to my home", "to my door",
                "the delivery", "deliveries",
            ]
        ),
        (
            .pickup,
            [
                "pickup", "pick up", "pick it up", "pick them up", "picking up", "picking it up",
                "collect", "collection", "collect it", "take out", "takeout", "take away",
                "takeaway", "to go", "carry out", "carryout", "i'll come by", "come and get it",
                "come get it", "pick that up", "collecting",
            ]
        ),
    ])

    static let tags = PhraseTable<String>([
        (
            "vegetarian",
            ["vegetarian", "veggie", "meatless", "without meat", "no meat", "meat free", "veg"]
        ),
        ("vegan", ["vegan", "plant based", "plantbased"]),
        (
            "gluten-free",
            ["gluten free", "glutenfree", "without gluten", "no gluten", "celiac", "coeliac"]
        ),
        (
            "dairy-free",
            [
                "dairy free", "dairyfree", "lactose free", "without dairy", "no dairy",
                "without lactose", "milk free",
            ]
        ),
        ("nut-free", ["nut free", "nutfree", "without nuts", "no nuts"]),
        ("halal", ["halal"]), ("kosher", ["kosher"]), ("spicy", ["spicy"]),
    ])

    enum Ask: Sendable { case menu, what, price, contents, more, total, duration, isThere }

    static let asks = PhraseTable<Ask>([
        (
            .menu,
            [
                "the menu", "your menu", "menu", "what do you have", "what do you serve",
                "what do you sell", "what have you got", "what can i order", "what can i get",
                "what can i have", "what are my options", "what are my choices", "what is there",
                "what's there", "what kind of food", "what food do you have",
                "what do you offer", "what dishes do you have",
            ]
        ),
        (
            .what,
            [
                "what", "which", "any", "anything", "something", "what's", "options", "choices",
                "what kind of", "what kinds of", "what sort of", "list", "tell me about your",
                "what other", "dishes",
            ]
        ),
        (
            .price,
            [
                "how much", "what does", "what do", "price", "prices", "the price of", "cost",
                "costs", "how expensive", "what's the price",
            ]
        ),
        (
            .contents,
            [
                "what's in", "what is in", "what's on", "what is on", "what comes on",
                "what comes with", "what does it come with", "describe", "tell me about the",
                "ingredients", "made of", "made with", "what kind of sauce", "contain",
                "what's inside", "toppings on",
            ]
        ),
        (
            .more,
            [
                "more", "what else", "anything else", "any others", "go on", "the rest",
                "any other", "other options", "continue", "what other options", "keep going",
                "hear more", "more please",
            ]
        ),
        (
            .total,
            [
                "the total", "my total", "how much is it", "how much is that", "how much will",
                "how much does that", "how much does it", "how much in total", "what's the total",
                "how much do i owe", "how much altogether", "in my order", "my order so far",
                "what have i ordered", "how much would that",
            ]
        ),
        (
            .duration,
            [
                "how long", "how many minutes", "when will it be ready", "when is it ready",
                "when can i pick it up", "when will it be here", "when will it arrive",
                "when can i collect it",
            ]
        ),
        (
            .isThere,
            [
                "do you have", "have you got", "do you sell", "do you serve", "is there",
                "are there", "do you do", "got any", "is the", "are the", "is your", "are your",
                "does the", "do the", "is it", "are they",
            ]
        ),
    ])

    /// "Can I get …?" asks for something to be done, and is not a question.
    static let requests = PhraseTable<Void>([
        (
            (),
            [
                "can i get", "can i have", "could i get", "could i have", "may i have",
                "can i order", "could i order", "may i order", "can we get", "can we have",
                "could we get", "could we have", "can we order", "can you add", "could you add",
                "can i add", "could i add", "i'll have", "i'll take", "i will have",
                "i will take", "i'd like", "i would like", "i want", "we'd like", "we want",
                "we'll have", "we'll take", "i'd like to order", "let me get", "let me have",
                "give me", "get me", "add", "i need", "order", "also", "can you remove",
                "can you make", "could you make", "can you change", "could you change",
                "can you take", "could you remove", "i'll get", "i'll go with", "how about",
            ]
        )
    ])

    static let orderOpenings = PhraseTable<Void>([
        (
            (),
            [
                "order", "an order", "place an order", "order food", "order some food",
                "to order", "order something", "get some food", "ordering",
            ]
        )
    ])

    /// Words for tables; true where they mean a reservation whatever else is said. "Bread for the
    /// table" is none.
    static let tables = PhraseTable<Bool>([
        (
            true,
            [
                "table for", "a table", "reservation", "a reservation", "reserve", "book",
                "booking", "a booking", "make a reservation", "seat us", "reservations",
            ]
        ),
        (false, ["table", "the table", "tables"]),
    ])

    static let removals = PhraseTable<Void>([
        (
            (),
            [
                "remove", "take off", "take out the", "delete", "drop", "cancel the", "scratch",
                "leave out", "get rid of", "without the", "i don't want", "don't want",
                "no longer want", "forget the", "lose the", "skip the", "take away the",
                "not the", "minus", "no more", "do not want", "instead of", "not",
                "rather than",
            ]
        )
    ])

    static let removesLast = PhraseTable<Void>([
        (
            (),
            [
                "remove that", "remove it", "take that off", "take it off", "remove the last",
                "remove the last one", "delete that", "drop that", "scratch that",
                "not that one", "take off the last",
            ]
        )
    ])

    /// Words of correction; true where what is named takes another's place.
    static let changes = PhraseTable<Bool>([
        (
            true,
            [
                "make it", "make that", "make them", "make the", "make those", "make a",
                "make this", "makes a", "makes the", "change", "switch",
                "swap", "replace", "instead", "i said", "i meant", "should be", "correct that",
            ]
        ),
        (false, ["actually", "i mean", "rather", "only", "just"]),
    ])

    static let additions: Set<String> = [
        "add", "another", "more", "also", "plus", "additional", "too", "extra",
    ]

    /// What makes a number something else than a quantity.
    static let units: Set<String> = [
        "minute", "minutes", "hour", "hours", "o'clock", "pm", "am", "dollar", "dollars", "percent",
        "people",
    ]

    /// What may stand between a number and what is counted.
    static let fillersBefore: Set<String> = [
        "of", "the", "some", "order", "orders", "portion", "portions", "plate", "plates", "more",
        "my", "that", "those", "your", "nice", "slice", "slices", "bowl", "bowls", "serving",
        "servings", "please", "size", "sized", "piece",
    ]

    /// What brings something that is put on an item.
    static let extraOpenings: Set<String> = [
        "with", "extra", "add", "plus", "topping", "toppings", "put", "on",
    ]
    static let extraDrops: Set<String> = ["without", "no", "hold", "minus"]
}
