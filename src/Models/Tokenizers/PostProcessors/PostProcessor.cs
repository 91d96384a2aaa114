using System.Text.Json;

namespace Reflux.Models.Tokenizers.PostProcessors;

/// <summary>The special tokens around a text, for example the one that begins a sequence.</summary>
/// <param name="Json">Its own form in <c>tokenizer.json</c>, for writing it again.</param>
/// <param name="Before">Ids in front.</param>
/// <param name="After">Ids behind.</param>
internal sealed record PostProcessor(JsonElement Json, IReadOnlyList<int> Before, IReadOnlyList<int> After);
