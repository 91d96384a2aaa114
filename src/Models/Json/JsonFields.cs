using System.Text.Json;

namespace Reflux.Models.Json;

/// <summary>Strict access to one JSON object of a model file: a missing, mistyped, repeated or unknown field is refused by its name.</summary>
internal sealed class JsonFields
{
    private static readonly JsonElement NullValue = JsonDocument.Parse("null").RootElement.Clone();

    private readonly string _file;
    private readonly string _prefix;
    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);

    public JsonFields(string file, JsonElement element, string path = "")
    {
        _file = file;
        _prefix = path.Length == 0 ? "" : path + ".";
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Invalid(path.Length == 0 ? "the file is not a JSON object" : $"'{path}' is not a JSON object");
        }

        foreach (JsonProperty property in element.EnumerateObject())
        {
            string name = Unicode(() => property.Name);
            if (!_fields.TryAdd(name, property.Value))
            {
                throw Invalid($"the field '{_prefix}{name}' appears twice");
            }
        }
    }

    public IEnumerable<string> Names => _fields.Keys;

    /// <summary>Reads a whole file; anything that isn't JSON becomes a <see cref="ModelException"/>.</summary>
    public static JsonFields Read(string file)
    {
        byte[] bytes = ModelFile.ReadAllBytes(file);
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            return new JsonFields(file, document.RootElement.Clone());
        }
        catch (JsonException error)
        {
            throw ModelException.Invalid(file, $"not valid JSON (line {error.LineNumber + 1})", Refetch, error);
        }
    }

    public bool Has(string name) => _fields.TryGetValue(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>Whether the field is there, be it null.</summary>
    public bool Mentions(string name) => _fields.ContainsKey(name);

    public JsonElement Required(string name) =>
        Has(name) ? _fields[name] : throw Invalid($"the field '{_prefix}{name}' is missing");

    public JsonFields Object(string name) => new(_file, Required(name), _prefix + name);

    public IReadOnlyList<JsonElement> Array(string name)
    {
        JsonElement value = Required(name);
        return value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : throw Mistyped(name, "an array");
    }

    public IReadOnlyList<JsonFields> Objects(string name) => [.. Array(name).Select((value, i) => new JsonFields(_file, value, $"{_prefix}{name}[{i}]"))];

    /// <summary>A field as it is, null where it is missing; for writing it again.</summary>
    public JsonElement Copy(string name)
    {
        JsonElement value = Has(name) ? _fields[name] : NullValue;
        CheckText(value);
        return value;
    }

    public string Text(string name)
    {
        JsonElement value = Required(name);
        return value.ValueKind == JsonValueKind.String ? TextOf(value) : throw Mistyped(name, "a string");
    }

    public int Integer(string name, int minimum, int maximum)
    {
        JsonElement value = Required(name);
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out int number))
        {
            throw Mistyped(name, "an integer");
        }

        return number >= minimum && number <= maximum
            ? number
            : throw Invalid($"'{_prefix}{name}' is {number}, outside {minimum} to {maximum}");
    }

    /// <summary>A token of tokenizer_config.json: its text, or an object with its <c>content</c>; with an index, an item of a list of such.</summary>
    public string TokenText(string name, int? index = null)
    {
        JsonElement value = index is { } place ? Array(name)[place] : Required(name);
        return value.ValueKind switch
        {
            JsonValueKind.String => TextOf(value),
            JsonValueKind.Object => new JsonFields(_file, value, _prefix + name).Text("content"),
            _ => throw Mistyped(name, "a token"),
        };
    }

    public IReadOnlyList<int> Integers(string name, int minimum, int maximum) =>
    [
        .. Array(name).Select((value, i) => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= minimum && number <= maximum
            ? number
            : throw Invalid($"'{_prefix}{name}[{i}]' is not an integer from {minimum} to {maximum}")),
    ];

    public int Integer(string name, int fallback, int minimum, int maximum) => Has(name) ? Integer(name, minimum, maximum) : fallback;

    public double Positive(string name, double fallback) => Has(name) ? Positive(name) : fallback;

    public double Positive(string name) =>
        Number(name) is > 0 and var number ? number : throw Invalid($"'{_prefix}{name}' is {Number(name)}, but has to be above 0");

    /// <summary>A finite number.</summary>
    public double Number(string name)
    {
        JsonElement value = Required(name);
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number)
            ? number
            : throw Mistyped(name, "a number");
    }

    public bool Flag(string name, bool fallback)
    {
        if (!Has(name))
        {
            return fallback;
        }

        JsonElement value = Required(name);
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Mistyped(name, "true or false");
    }

    /// <summary>Refuses a flag that is set to anything but <paramref name="supported"/>; absent means supported.</summary>
    public void OnlyFlag(string name, bool supported)
    {
        if (Flag(name, supported) != supported)
        {
            throw Unsupported($"'{_prefix}{name}': {(supported ? "false" : "true")}");
        }
    }

    /// <summary>Refuses a field that is there and not null.</summary>
    public void OnlyNull(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (Has(name) && !(_fields[name].ValueKind == JsonValueKind.String && TextOf(_fields[name]) is ""))
            {
                throw Unsupported($"the field '{_prefix}{name}'");
            }
        }
    }

    public void OnlyText(string name, string supported)
    {
        if (Has(name) && Text(name) is var value && value != supported)
        {
            throw Unsupported($"'{_prefix}{name}': \"{value}\" (supported: \"{supported}\")");
        }
    }

    /// <summary>Refuses every field that isn't named here.</summary>
    public void OnlyThese(params string[] names) => OnlyThese(names.ToHashSet(StringComparer.Ordinal));

    /// <summary>Refuses every field that isn't named here.</summary>
    public void OnlyThese(IReadOnlySet<string> names)
    {
        foreach (string name in _fields.Keys)
        {
            if (!names.Contains(name) && Has(name))
            {
                throw Unsupported($"the field '{_prefix}{name}'");
            }
        }
    }

    public ModelException Invalid(string message) => ModelException.Invalid(_file, message, Refetch);

    public ModelException Unsupported(string what) => ModelException.Unsupported(
        _file, $"{what} is not supported", "Use a model of a supported form: docs/models.md lists the architectures and fields.");

    /// <summary>A value that isn't among the supported ones.</summary>
    public ModelException Unsupported(string name, string value, string supported) => Unsupported($"'{_prefix}{name}': \"{value}\" (supported: {supported})");

    /// <summary>The text of a string; an escaped lone surrogate is refused.</summary>
    public string TextOf(JsonElement value) => Unicode(() => value.GetString()!);

    private string Unicode(Func<string> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException error)
        {
            throw ModelException.Invalid(_file, "a string is not valid Unicode", Refetch, error);
        }
    }

    private void CheckText(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                TextOf(value);
                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in value.EnumerateArray())
                {
                    CheckText(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (JsonProperty property in value.EnumerateObject())
                {
                    Unicode(() => property.Name);
                    CheckText(property.Value);
                }

                break;
        }
    }

    private ModelException Mistyped(string name, string expected) => Invalid($"'{_prefix}{name}' is not {expected}");

    private const string Refetch = "Fetch this file again from where the model came from, or correct it by hand.";
}
