using System.Globalization;
using System.Numerics;
using System.Text;

namespace Reflux.Samples.Helpdesk.Grammar;

/// <summary>A number, a date or a name: <see cref="Capacity"/> different texts, equally probable.</summary>
public sealed class Slot : Phrase
{
    private static readonly string[] Months =
    [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
    ];

    private static readonly string[] FirstNames =
    [
        "Ada", "Amir", "Anna", "Bea", "Boris", "Carla", "Cem", "Dana", "Diego", "Edda", "Elif", "Emil", "Farid", "Fiona", "Gina", "Goran",
        "Hana", "Hugo", "Ida", "Ivan", "Jana", "Jonas", "Kaya", "Kofi", "Lena", "Luca", "Mara", "Milo", "Nadia", "Nils", "Olga", "Omar",
        "Paula", "Pavel", "Quinn", "Rania", "Rolf", "Sami", "Sofia", "Tariq", "Tilda", "Uma", "Vera", "Viktor", "Wanda", "Yusuf", "Zoe", "Zoran",
    ];

    private readonly Func<int, string> _text;

    private Slot(string name, int capacity, Func<int, string> text)
    {
        Name = name;
        Capacity = capacity;
        _text = text;
    }

    /// <summary>A six-digit order number.</summary>
    public static Slot Order { get; } = new("order", 900_000, i => (100_000 + i).ToString(CultureInfo.InvariantCulture));

    /// <summary>A day and a month.</summary>
    public static Slot Date { get; } = new("date", 28 * 12, i => $"{1 + (i % 28)} {Months[i / 28]}");

    /// <summary>A customer's first name.</summary>
    public static Slot Customer { get; } = new("name", FirstNames.Length, i => FirstNames[i]);

    public string Name { get; }

    public int Capacity { get; }

    /// <summary>The text number <paramref name="index"/>, from 0 to below <see cref="Capacity"/>.</summary>
    public string Text(int index) => _text(index);

    public override BigInteger Count => BigInteger.One;

    public override BigInteger CountFilled => Capacity;

    public override double Entropy => 0;

    public override void Append(StringBuilder text, ref CounterRandom random) => text.Append(Text(random.NextInt(Capacity)));
}
