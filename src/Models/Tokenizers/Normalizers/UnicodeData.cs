using System.Globalization;

namespace Reflux.Models.Tokenizers.Normalizers;

/// <summary>What Normalization Form C needs to know of each code point, read from <c>nfc.txt</c>. .NET knows nothing of it where globalization is invariant.</summary>
internal sealed class UnicodeData
{
    private readonly Dictionary<int, byte> _classes = [];
    private readonly Dictionary<int, (int First, int Second)> _decompositions = [];
    private readonly Dictionary<(int First, int Second), int> _compositions = [];
    private readonly HashSet<int> _active = [];
    private readonly bool[] _activePlane = new bool[0x10000];

    private UnicodeData()
    {
        using Stream stream = typeof(UnicodeData).Assembly.GetManifestResourceStream("nfc.txt")!;
        using StreamReader reader = new(stream);
        while (reader.ReadLine() is { } line)
        {
            string[] fields = line.Split(' ');
            switch (fields[0])
            {
                case "c":
                    ReadClass(Hexadecimal(fields[1]), Hexadecimal(fields[2]), byte.Parse(fields[3], CultureInfo.InvariantCulture));
                    break;
                case "d":
                    ReadDecomposition(Hexadecimal(fields[1]), [.. fields[2..].Where(field => field != "x").Select(Hexadecimal)], fields[^1] == "x");
                    break;
            }
        }

        for (int jamo = HangulVowelFirst; jamo <= HangulTrailLast; jamo++)
        {
            _active.Add(jamo);
        }

        foreach (int code in _active.Where(code => code < _activePlane.Length))
        {
            _activePlane[code] = true;
        }
    }

    public const int HangulVowelFirst = 0x1161;
    public const int HangulTrailLast = 0x11C2;

    public static UnicodeData Instance { get; } = new();

    /// <summary>Whether a code point can change, or change what stands before it; all others end what has to be looked at together.</summary>
    public bool IsActive(int code) => code < _activePlane.Length ? _activePlane[code] : _active.Contains(code);

    public byte CombiningClass(int code) => _classes.GetValueOrDefault(code);

    /// <summary>The canonical decomposition, one step; the second is 0 where there is one code point.</summary>
    public bool TryDecompose(int code, out (int First, int Second) parts) => _decompositions.TryGetValue(code, out parts);

    public bool TryCompose(int first, int second, out int composed) => _compositions.TryGetValue((first, second), out composed);

    private void ReadClass(int first, int last, byte value)
    {
        for (int code = first; code <= last; code++)
        {
            _classes[code] = value;
            _active.Add(code);
        }
    }

    private void ReadDecomposition(int code, int[] parts, bool excluded)
    {
        _decompositions[code] = (parts[0], parts.Length > 1 ? parts[1] : 0);
        if (excluded)
        {
            _active.Add(code);
            return;
        }

        _compositions[(parts[0], parts[1])] = code;
        _active.Add(parts[1]);
    }

    private static int Hexadecimal(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
