namespace Reflux.Samples.Helpdesk.Lines;

/// <summary>What customers write about kitchen appliances.</summary>
internal static class KitchenIssues
{
    public static IReadOnlyList<Issue> All { get; } =
    [
        new("repair", "power fault",
            "It [does not|will not|refuses to] [switch on|start|power up] [any more|at all|since yesterday].|[Whatever I press|No matter what I try], it stays [dead|off]."),
        new("repair", "loud noise",
            "It makes a [grinding|rattling|screeching] [noise|sound] [while running|when it starts|the whole time].|There is [a loud rattle|a nasty squeal|a deep hum] [inside|from below]."),
        new("repair", "burning smell",
            "It smells of [burnt plastic|hot rubber|smoke] [after a minute|when in use|every time].|[A burning smell|A whiff of smoke] [comes out of it|fills the room]."),
        new("repair", "stuck button",
            "The [main|front|left] [button|switch|knob] is [stuck|jammed|broken off].|I can not [press|move|turn] the [button|switch|knob] [any more|properly]."),
        new("repair", "blank display",
            "The [display|screen] [stays blank|flickers|shows only stripes] [since this morning|all the time|after a while].|Nothing is [shown|readable] on the [display|screen]."),

        new("delivery", "late parcel",
            "The [parcel|package] [has not arrived|never came|is overdue|is still missing].|[I am|We are] still waiting for the [parcel|courier|package]."),
        new("delivery", "damaged box",
            "The [box|carton] [was crushed|was torn open|arrived soaked|had a big dent].|It came in a [crushed|torn|soaked] [box|carton]."),
        new("delivery", "wrong address",
            "[It was sent|You shipped it] to [my old address|the wrong street|a stranger's house].|Please [correct|change|update] the [delivery|shipping] address."),

        new("exchange", "wrong colour",
            "It is [red|green|white|black] instead of [blue|grey|cream].|The colour [is wrong|does not match|is not what I chose]."),
        new("exchange", "wrong size",
            "It is [too big|too small|too wide|too tall] for [the shelf|our counter|the cupboard|my corner].|The size [does not fit|is not right] [here|for us]."),
        new("exchange", "wrong model",
            "You sent [another|an older|a different] [model|version] than [shown|the one I chose].|The [model|version] in the box is [an older one|not mine]."),

        new("refund", "double charge", SharedIssues.DoubleCharge),
        new("refund", "missing refund", SharedIssues.MissingRefund),
        new("refund", "price difference", SharedIssues.PriceDifference),

        new("parts", "new lid",
            "The lid [broke|cracked|snapped] [this morning|last night|in my hand].|[I need|I want|I am looking for] [a spare|a replacement|another] lid."),
        new("parts", "new filter",
            "The filter is [worn out|torn|clogged] [again|after a year].|[I need|I want|I am looking for] [a spare|a replacement|another] filter."),
        new("parts", "new cord",
            "The cord is [frayed|too short|torn] [near the plug|at the end].|[I need|I want|I am looking for] [a spare|a replacement|another] cord."),
        new("parts", "new tray",
            "The tray [got lost|is bent|went missing] [on moving day|in the sink].|[I need|I want|I am looking for] [a spare|a replacement|another] tray."),

        new("howto", "cleaning guide",
            "How do I [clean|descale|wash] it [properly|gently|inside]?|Which [cleaner|descaler|soap] is safe for it?"),
        new("howto", "timer guide",
            "How [do|can] I set the [timer|clock|delayed start]?|I don't understand the [timer|clock] [settings|menu]."),
        new("howto", "starter guide",
            "What should I do before [the first use|using it for the first time]?|Do I have to [rinse it|run it empty] [first|before cooking]?"),

        new("invoice", "invoice copy",
            "[I lost|I can't find|I never received] the [invoice|receipt].|Please send [the invoice|the receipt] [again|once more]."),
        new("invoice", "company name",
            "The [invoice|receipt] must show our [company|firm|business] [name|details].|Our [company|firm] name is [missing|misspelt] on the [invoice|receipt]."),
        new("invoice", "tax number",
            "Our [tax|VAT] number is [missing|wrong|misspelt] on the [invoice|receipt].|The tax office wants [our|a] VAT number on it."),

        new("warranty", "registration",
            "I [want|would like|tried] to register it [for the warranty|on your site].|The warranty [card|form] asks for a code to register."),
        new("warranty", "longer cover",
            "Can I [extend|prolong|lengthen] the [warranty|cover|guarantee]?|What does [a longer|an extended] [warranty|guarantee] cost?"),
        new("warranty", "new owner",
            "I [sold|gave] it to [a friend|my brother|my aunt], please move the warranty over.|Does the [warranty|guarantee] pass to a new owner?"),
    ];
}
