using Reflux.Models.Json;
using Reflux.Models.Tokenizers.Normalizers;

namespace Reflux.Models.Tokenizers.Json;

/// <summary>Reads <c>normalizer</c>: NFC, Prepend, Replace of a text, and sequences of them.</summary>
internal static class NormalizerJson
{
    public static Normalizer Read(JsonFields root)
    {
        List<NormalizerStep> steps = [];
        if (root.Has("normalizer"))
        {
            Read(root.Object("normalizer"), steps);
        }

        return new Normalizer(root.Copy("normalizer"), steps);
    }

    private static void Read(JsonFields step, List<NormalizerStep> steps)
    {
        switch (step.Text("type"))
        {
            case "Sequence":
                step.OnlyThese("type", "normalizers");
                foreach (JsonFields part in step.Objects("normalizers"))
                {
                    Read(part, steps);
                }

                break;
            case "NFC":
                step.OnlyThese("type");
                steps.Add(new NormalizerStep.Compose());
                break;
            case "Prepend":
                step.OnlyThese("type", "prepend");
                steps.Add(new NormalizerStep.Prepend(step.Text("prepend")));
                break;
            case "Replace":
                step.OnlyThese("type", "pattern", "content");
                steps.Add(new NormalizerStep.Replace(Pattern(step), step.Text("content")));
                break;
            case var other:
                throw step.Unsupported("type", other, "NFC, Prepend, Replace, Sequence");
        }
    }

    /// <summary>The text that is replaced; a regular expression is refused.</summary>
    public static string Pattern(JsonFields step)
    {
        JsonFields pattern = step.Object("pattern");
        pattern.OnlyThese("String");
        return pattern.Text("String") is { Length: > 0 } text ? text : throw step.Invalid("a Replace step replaces the empty text");
    }
}
