using Reflux.Models.Json;
using Reflux.Models.Tokenizers.PostProcessors;

namespace Reflux.Models.Tokenizers.Json;

/// <summary>Reads <c>post_processor</c>: ByteLevel, which only moves offsets, TemplateProcessing, and sequences of them.</summary>
internal static class PostProcessorJson
{
    /// <param name="root">The file.</param>
    /// <param name="tokenCount">One more than the largest id.</param>
    public static PostProcessor Read(JsonFields root, int tokenCount)
    {
        List<int> before = [];
        List<int> after = [];
        if (root.Has("post_processor"))
        {
            Read(root.Object("post_processor"), tokenCount, before, after);
        }

        return new PostProcessor(root.Copy("post_processor"), before, after);
    }

    private static void Read(JsonFields step, int tokenCount, List<int> before, List<int> after)
    {
        switch (step.Text("type"))
        {
            case "Sequence":
                step.OnlyThese("type", "processors");
                foreach (JsonFields part in step.Objects("processors"))
                {
                    Read(part, tokenCount, before, after);
                }

                break;
            case "ByteLevel":
                step.OnlyThese("type", "add_prefix_space", "trim_offsets", "use_regex");
                break;
            case "TemplateProcessing":
                ReadTemplate(step, tokenCount, before, after);
                break;
            case var other:
                throw step.Unsupported("type", other, "ByteLevel, TemplateProcessing, Sequence");
        }
    }

    private static void ReadTemplate(JsonFields step, int tokenCount, List<int> before, List<int> after)
    {
        step.OnlyThese("type", "single", "pair", "special_tokens");
        List<int> front = [];
        List<int> back = [];
        bool seen = false;
        foreach (JsonFields piece in step.Objects("single"))
        {
            piece.OnlyThese("SpecialToken", "Sequence");
            if (piece.Has("Sequence"))
            {
                piece.Object("Sequence").OnlyText("id", "A");
                seen = !seen ? true : throw step.Invalid("its template has the text twice");
                continue;
            }

            JsonFields tokens = step.Object("special_tokens").Object(piece.Object("SpecialToken").Text("id"));
            (seen ? back : front).AddRange(tokens.Integers("ids", 0, tokenCount - 1));
        }

        if (!seen)
        {
            throw step.Invalid("its template lacks the text");
        }

        // what a later processor adds stands outside
        before.InsertRange(0, front);
        after.AddRange(back);
    }
}
