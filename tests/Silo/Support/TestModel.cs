using System.Text;
using Reflux.Models;
using Reflux.Models.Tokenizers;

namespace Reflux.Silo.Tests.Support;

/// <summary>A model directory whose text side works and whose weights file is well-formed but empty: enough for whatever only looks.</summary>
internal static class TestModel
{
    public static string Write(string directory, int maxPositions = 64)
    {
        Directory.CreateDirectory(directory);
        var tokenizer = BpeTrainer.Train(["a parcel that never came", "a refund for the kettle"], 280, PromptTemplate.SpecialTokens);
        var config = new ModelConfig
        {
            HiddenSize = 8,
            IntermediateSize = 16,
            Layers = 1,
            Heads = 2,
            KeyValueHeads = 1,
            HeadDim = 4,
            VocabularySize = tokenizer.VocabularySize,
            MaxPositions = maxPositions,
        };
        File.WriteAllText(Path.Combine(directory, "config.json"), config.ToJson());
        File.WriteAllText(Path.Combine(directory, "tokenizer.json"), tokenizer.ToJson());
        File.WriteAllText(Path.Combine(directory, "chat_template.jinja"), PromptTemplate.Default.Jinja);
        var header = Encoding.UTF8.GetBytes("{}      ");
        File.WriteAllBytes(Path.Combine(directory, "model.safetensors"), [.. BitConverter.GetBytes((long)header.Length), .. header]);
        return directory;
    }
}
