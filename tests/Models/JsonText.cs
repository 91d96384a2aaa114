using System.Text.Json;

namespace Reflux.Models.Tests;

internal static class JsonText
{
    public static string AsJson(this string text) => JsonSerializer.Serialize(text);
}
