using Reflux.Models.Json;
using Reflux.Models.Tokenizers.PreTokenizers;

namespace Reflux.Models.Tokenizers.Json;

/// <summary>Reads <c>pre_tokenizer</c>: nothing, Metaspace, or a byte-level one after Digits and the families' own Split.</summary>
internal static class PreTokenizerJson
{
    public static PreTokenizer Read(JsonFields root)
    {
        if (!root.Has("pre_tokenizer"))
        {
            return new PreTokenizer(root.Copy("pre_tokenizer"), isByteLevel: false, metaspace: null, []);
        }

        JsonFields[] steps = [.. Flatten(root.Object("pre_tokenizer"))];
        List<PieceScanner> scanners = [];
        Metaspace? metaspace = null;
        for (int i = 0; i < steps.Length; i++)
        {
            switch (steps[i].Text("type"))
            {
                case "Metaspace" when steps.Length == 1:
                    metaspace = ReadMetaspace(steps[i], scanners);
                    break;
                case "ByteLevel" when i == steps.Length - 1:
                    ReadByteLevel(steps[i], scanners);
                    break;
                case "Digits":
                    steps[i].OnlyThese("type", "individual_digits");
                    scanners.Add(steps[i].Flag("individual_digits", false) ? DigitSplitter.NextSingleLength : DigitSplitter.NextRunLength);
                    break;
                case "Split":
                    scanners.Add(ReadSplit(steps[i]));
                    break;
                case ("Metaspace" or "ByteLevel") and var misplaced:
                    throw steps[i].Unsupported($"the {misplaced} step at this place of a pre_tokenizer sequence");
                case var other:
                    throw steps[i].Unsupported("type", other, "ByteLevel, Digits, Metaspace, Sequence, Split");
            }
        }

        bool isByteLevel = steps.Length > 0 && steps[^1].Text("type") == "ByteLevel";
        return isByteLevel || metaspace is not null
            ? new PreTokenizer(root.Copy("pre_tokenizer"), isByteLevel, metaspace, scanners)
            : throw root.Unsupported("a pre_tokenizer that ends with neither ByteLevel nor Metaspace");
    }

    private static IEnumerable<JsonFields> Flatten(JsonFields step)
    {
        if (step.Text("type") != "Sequence")
        {
            return [step];
        }

        step.OnlyThese("type", "pretokenizers");
        return step.Objects("pretokenizers").SelectMany(Flatten);
    }

    private static void ReadByteLevel(JsonFields step, List<PieceScanner> scanners)
    {
        step.OnlyThese("type", "add_prefix_space", "trim_offsets", "use_regex");

        // absent means true in this format
        if (step.Flag("add_prefix_space", true))
        {
            throw step.Unsupported("'add_prefix_space': true");
        }

        if (step.Flag("use_regex", true))
        {
            scanners.Add(Gpt2Splitter.NextLength);
        }
    }

    private static PieceScanner ReadSplit(JsonFields step)
    {
        step.OnlyThese("type", "pattern", "behavior", "invert");
        step.OnlyText("behavior", "Isolated");
        step.OnlyFlag("invert", false);
        JsonFields pattern = step.Object("pattern");
        pattern.OnlyThese("Regex");
        return pattern.Text("Regex") switch
        {
            Gpt2Splitter.Pattern => Gpt2Splitter.NextLength,
            Llama3Splitter.Llama3Pattern => Llama3Splitter.NextLlama3Length,
            Llama3Splitter.QwenPattern => Llama3Splitter.NextQwenLength,
            var other => throw step.Unsupported($"the regular expression {other}"),
        };
    }

    /// <summary>Reads the fields of a Metaspace step, which is a pre-tokeniser and a decoder in the same words.</summary>
    public static (Metaspace Metaspace, bool Split) ReadMetaspace(JsonFields step)
    {
        step.OnlyThese("type", "replacement", "str_rep", "add_prefix_space", "prepend_scheme", "split");
        string replacement = step.Text("replacement");
        if (replacement.Length != 1)
        {
            throw step.Unsupported($"'replacement': \"{replacement}\"");
        }

        step.OnlyText("str_rep", replacement);
        string scheme = step.Has("prepend_scheme") ? step.Text("prepend_scheme") : "always";
        if (!step.Flag("add_prefix_space", true))
        {
            scheme = !step.Has("prepend_scheme") || scheme == "never" ? "never" : throw step.Invalid("'add_prefix_space': false contradicts 'prepend_scheme'");
        }

        MetaspacePrefix prefix = scheme switch
        {
            "first" => MetaspacePrefix.First,
            "always" => MetaspacePrefix.Always,
            "never" => MetaspacePrefix.Never,
            _ => throw step.Unsupported("prepend_scheme", scheme, "first, always, never"),
        };
        return (new Metaspace(replacement[0], prefix), step.Flag("split", true));
    }

    private static Metaspace ReadMetaspace(JsonFields step, List<PieceScanner> scanners)
    {
        (Metaspace metaspace, bool split) = ReadMetaspace(step);
        if (split)
        {
            scanners.Add(metaspace.NextLength);
        }

        return metaspace;
    }
}
