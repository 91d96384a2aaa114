namespace Reflux.Models.Chat;

/// <summary>The only thing that a template can change: made by <c>namespace()</c> to carry values out of loops.</summary>
internal sealed class TemplateNamespace
{
    public Dictionary<string, object?> Values { get; } = new(StringComparer.Ordinal);
}
