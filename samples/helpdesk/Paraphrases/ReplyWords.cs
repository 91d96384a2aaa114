namespace Reflux.Samples.Helpdesk.Paraphrases;

/// <summary>The words that the replies of <see cref="ParaphraseGenerator"/> choose from.</summary>
internal static class ReplyWords
{
    /// <summary>Words of each slot.</summary>
    public const int Alternatives = 16;

    /// <summary>In the order in which they stand in a reply.</summary>
    public static IReadOnlyList<string[]> Slots { get; } =
    [
        Split("Thanks Hello Hi Greetings Welcome Sorry Apologies Understood Noted Sure Certainly Gladly Right Okay Indeed Absolutely"),
        Split("we I they colleagues engineers technicians specialists staff experts agents mechanics advisers helpers partners fitters couriers"),
        Split("gladly quickly soon carefully kindly promptly surely simply directly personally quietly fully briefly properly happily calmly"),
        Split("repair check replace collect inspect clean restore adjust examine rebuild test mend service fetch exchange review"),
        Split("faulty broken noisy damaged leaking loose dead slow cracked bent worn scratched stuck faint dirty rusty"),
        Split("today tomorrow tonight Monday Tuesday Wednesday Thursday Friday Saturday Sunday shortly later early overnight weekly eventually"),
        Split("send mail bring post forward deliver ship hand carry pass order book print attach enclose supply"),
        Split("parts labels forms manuals filters screws tools papers boxes cables covers seals spares vouchers receipts samples"),
        Split("free insured express cheaply tracked wrapped signed sealed registered separately together locally abroad unpaid refunded discounted"),
    ];

    private static string[] Split(string words) => words.Split(' ');
}
