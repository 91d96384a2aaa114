namespace Reflux.Models.Chat;

/// <summary>Arithmetic, comparison, membership, subscripts and slices, as Python has them.</summary>
internal static class Operators
{
    private const long LongestRepetition = 100_000;

    public static object? Binary(string sign, object? left, object? right, Budget budget, int line)
    {
        switch (sign, left, right)
        {
            case ("~", _, _):
                return Concat(TemplateValues.ToText(left, budget, line), TemplateValues.ToText(right, budget, line), budget, line);
            case ("+", TemplateText a, TemplateText b):
                return Concat(a, b, budget, line);
            case ("+", IReadOnlyList<object?> a, IReadOnlyList<object?> b):
                budget.Spend(a.Count + b.Count, line);
                return (object?[])[.. a, .. b];
            case ("*", TemplateText text, long count):
                return Repeat(text, count, budget, line);
            case (_, bool or long, bool or long):
                return Integers(sign, Convert.ToInt64(left), Convert.ToInt64(right), line);
            case (_, bool or long or double, bool or long or double):
                return Reals(sign, TemplateValues.ToDouble(left), TemplateValues.ToDouble(right), line);
            default:
                throw new TemplateException($"'{sign}' of {TemplateValues.KindOf(left)} and {TemplateValues.KindOf(right)}", line);
        }
    }

    public static bool Compare(string sign, object? left, object? right, Budget budget, int line) => sign switch
    {
        "==" => TemplateValues.AreEqual(left, right, budget, line),
        "!=" => !TemplateValues.AreEqual(left, right, budget, line),
        "in" => Contains(right, left, budget, line),
        "not in" => !Contains(right, left, budget, line),
        _ => Order(left, right, budget, line) is var order && sign switch
        {
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        },
    };

    public static object Negate(object? value, int line) => value switch
    {
        bool or long => Integers("-", 0, Convert.ToInt64(value), line),
        double number => -number,
        _ => throw new TemplateException($"'-' of {TemplateValues.KindOf(value)}", line),
    };

    public static bool Contains(object? whole, object? part, Budget budget, int line)
    {
        switch (whole)
        {
            case TemplateText text when part is TemplateText searched:
                budget.SpendOnSearch(text, searched.Value, line);
                return text.Value.Contains(searched.Value, StringComparison.Ordinal);
            case TemplateMap map:
                budget.Spend(part is TemplateText { Value.Length: var length } ? length : 0, line);
                return part is TemplateText key && map.TryGet(key.Value, out _);
            case IReadOnlyList<object?> list:
                budget.Spend(list.Count, line);
                return list.Any(item => TemplateValues.AreEqual(item, part, budget, line));
            case Undefined:
                return false;
            default:
                throw new TemplateException($"'in' {TemplateValues.KindOf(whole)}", line);
        }
    }

    /// <summary>What loops go over.</summary>
    public static IReadOnlyList<object?> Items(object? value, Budget budget, int line)
    {
        switch (value)
        {
            case IReadOnlyList<object?> list:
                return list;
            case TemplateMap map:
                return [.. map.Items.Select(item => item.Key)];
            case TemplateText text:
                budget.Spend(text.Value.Length, line);
                return [.. TextIndex.Runes(text)];
            case Undefined:
                return [];
            default:
                throw new TemplateException($"a loop over {TemplateValues.KindOf(value)}", line);
        }
    }

    public static object? Item(object? target, object? key, Budget budget, int line)
    {
        budget.Spend(key is TemplateText { Value.Length: var length } ? length : 0, line);
        switch (target, key)
        {
            case (TemplateMap map, TemplateText name):
                return map.TryGet(name.Value, out object? value) ? value : Missing(name);
            case (TemplateNamespace space, TemplateText name):
                return space.Values.TryGetValue(name.Value, out object? member) ? member : Missing(name);
            case (IReadOnlyList<object?> list, long index):
                long place = index < 0 ? index + list.Count : index;
                return place >= 0 && place < list.Count ? list[(int)place] : new Undefined($"item {index}");
            case (TemplateText text, long index):
                budget.Spend(text.Value.Length, line);
                return TextIndex.At(text, index) ?? (object)new Undefined($"character {index}");
            case (Undefined or null, _):
                throw new TemplateException($"a member of {TemplateValues.KindOf(target)}", line);
            default:
                return key is TemplateText missing ? Missing(missing) : new Undefined("a member");
        }
    }

    public static object? Slice(object? target, object? start, object? stop, object? step, Budget budget, int line)
    {
        if (start is not (null or long) || stop is not (null or long) || step is not (null or long))
        {
            throw new TemplateException("the bounds of a slice are not integers", line);
        }

        long stride = (long?)step ?? 1;
        if (stride == 0)
        {
            throw new TemplateException("a slice has step 0", line);
        }

        switch (target)
        {
            case IReadOnlyList<object?> list:
                budget.Spend(list.Count, line);
                return (object?[])[.. Places(list.Count, (long?)start, (long?)stop, stride).Select(place => list[place])];
            case TemplateText text:
                budget.Spend(text.Value.Length, line);
                return TextIndex.Slice(text, (long?)start, (long?)stop, stride);
            default:
                throw new TemplateException($"a slice of {TemplateValues.KindOf(target)}", line);
        }
    }

    /// <summary>The places that a slice takes of a sequence.</summary>
    public static IEnumerable<int> Places(int count, long? start, long? stop, long step)
    {
        (long low, long high) = step > 0 ? (0, (long)count) : (-1, count - 1L);
        long first = start is { } given ? Math.Clamp(given < 0 ? given + count : given, low, high) : step > 0 ? low : high;
        long last = stop is { } end ? Math.Clamp(end < 0 ? end + count : end, low, high) : step > 0 ? high : low;
        for (long place = first; step > 0 ? place < last : place > last; place += step)
        {
            yield return (int)place;
        }
    }

    public static TemplateText Concat(TemplateText left, TemplateText right, Budget budget, int line)
    {
        budget.Spend(left.Value.Length + (long)right.Value.Length, line);
        return TemplateText.Concat([left, right]);
    }

    public static int Order(object? left, object? right, Budget budget, int line)
    {
        switch (left, right)
        {
            case (TemplateText a, TemplateText b):
                budget.Spend(Math.Min(a.Value.Length, b.Value.Length), line);
                return string.CompareOrdinal(a.Value, b.Value);
            case (bool or long or double, bool or long or double):
                return TemplateValues.ToDouble(left).CompareTo(TemplateValues.ToDouble(right));
            default:
                throw new TemplateException($"the order of {TemplateValues.KindOf(left)} and {TemplateValues.KindOf(right)}", line);
        }
    }

    // a name that a user wrote stands in no message
    private static Undefined Missing(TemplateText name) => new(name.IsTrusted ? name.Value : "a member");

    private static TemplateText Repeat(TemplateText text, long count, Budget budget, int line)
    {
        if (count > LongestRepetition)
        {
            throw new TemplateException($"a text is repeated more than {LongestRepetition} times", line);
        }

        budget.Spend(Math.Max(0, count) * text.Value.Length, line);
        return TemplateText.Concat(Enumerable.Repeat(text, (int)Math.Max(0, count)));
    }

    private static object Integers(string sign, long left, long right, int line)
    {
        try
        {
            return sign switch
            {
                "+" => (object)checked(left + right),
                "-" => checked(left - right),
                "*" => checked(left * right),
                "/" when right != 0 => (double)left / right,
                "//" when right != 0 => checked((left - FloorRemainder(left, right)) / right),
                "%" when right != 0 => FloorRemainder(left, right),
                "**" when right is >= 0 and < 64 => Power(left, right),
                "**" => throw new TemplateException("a power outside of 0 to 63", line, isUnsupported: true),
                _ => throw new TemplateException("a division by 0", line),
            };
        }
        catch (OverflowException)
        {
            throw new TemplateException("an integer is too large", line);
        }
    }

    private static object Reals(string sign, double left, double right, int line) => sign switch
    {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "**" => Math.Pow(left, right),
        _ when right == 0 => throw new TemplateException("a division by 0", line),
        "/" => left / right,
        "//" => Math.Floor(left / right),
        _ => left - (Math.Floor(left / right) * right),
    };

    private static long FloorRemainder(long left, long right)
    {
        if (right == -1)
        {
            return 0;
        }

        long remainder = left % right;
        return remainder != 0 && (remainder < 0) != (right < 0) ? remainder + right : remainder;
    }

    private static long Power(long value, long exponent)
    {
        long result = 1;
        for (long i = 0; i < exponent; i++)
        {
            result = checked(result * value);
        }

        return result;
    }
}
