using Reflux.Models.Json;
using Reflux.Models.Tokenizers.Decoding;
using Reflux.Models.Tokenizers.PreTokenizers;

namespace Reflux.Models.Tokenizers.Json;

/// <summary>Reads <c>decoder</c>: ByteLevel, Metaspace, or SentencePiece's sequence of Replace, ByteFallback, Fuse and Strip.</summary>
internal static class DecoderJson
{
    public static TokenDecoder Read(JsonFields root, bool isByteLevel)
    {
        JsonFields decoder = root.Object("decoder");
        JsonFields[] steps = [.. Flatten(decoder)];
        string[] types = [.. steps.Select(step => step.Text("type"))];
        if (types is ["ByteLevel"])
        {
            steps[0].OnlyThese("type", "add_prefix_space", "trim_offsets", "use_regex");
            return isByteLevel ? new TokenDecoder.ByteLevel(root.Copy("decoder")) : throw Mixed(root);
        }

        if (types is ["Metaspace"])
        {
            (Metaspace metaspace, _) = PreTokenizerJson.ReadMetaspace(steps[0]);
            return isByteLevel ? throw Mixed(root) : new TokenDecoder.Spaced(root.Copy("decoder"), metaspace.Replacement, metaspace.Prefix != MetaspacePrefix.Never);
        }

        return ReadSentencePiece(root, decoder, steps, isByteLevel);
    }

    private static TokenDecoder.SentencePiece ReadSentencePiece(JsonFields root, JsonFields decoder, JsonFields[] steps, bool isByteLevel)
    {
        List<(string, string)> replacements = [];
        bool bytes = false;
        bool fused = false;
        int spaces = 0;
        foreach (JsonFields step in steps)
        {
            switch (step.Text("type"))
            {
                case "Replace" when !bytes && !fused:
                    step.OnlyThese("type", "pattern", "content");
                    replacements.Add((NormalizerJson.Pattern(step), step.Text("content")));
                    break;
                case "ByteFallback" when !fused:
                    step.OnlyThese("type");
                    bytes = true;
                    break;
                case "Fuse":
                    step.OnlyThese("type");
                    fused = true;
                    break;
                case "Strip" when fused && spaces == 0:
                    step.OnlyThese("type", "content", "start", "stop");
                    step.OnlyText("content", " ");
                    step.Integer("stop", 0, 0);
                    spaces = step.Integer("start", 0, int.MaxValue);
                    break;
                case ("Replace" or "ByteFallback" or "Strip" or "ByteLevel" or "Metaspace") and var misplaced:
                    throw decoder.Unsupported($"the {misplaced} step at this place of a decoder sequence");
                case var other:
                    throw step.Unsupported("type", other, "ByteFallback, ByteLevel, Fuse, Metaspace, Replace, Sequence, Strip");
            }
        }

        return isByteLevel ? throw Mixed(root) : new TokenDecoder.SentencePiece(root.Copy("decoder"), replacements, bytes, spaces);
    }

    private static IEnumerable<JsonFields> Flatten(JsonFields step)
    {
        if (step.Text("type") != "Sequence")
        {
            return [step];
        }

        step.OnlyThese("type", "decoders");
        return step.Objects("decoders").SelectMany(Flatten);
    }

    private static ModelException Mixed(JsonFields root) => root.Unsupported("a ByteLevel pre_tokenizer without a ByteLevel decoder, or the other way round,");
}
