using Reflux.Models.Tokenizers;
using Reflux.Tests.Support;

namespace Reflux.Models.Tests.Tokenizers;

internal static class TokenizerFiles
{
    public static Tokenizer Reload(string json)
    {
        using TemporaryDirectory directory = new();
        string file = directory.File("tokenizer.json");
        File.WriteAllText(file, json);
        return Tokenizer.Load(file);
    }
}
