namespace Reflux.Models;

/// <summary>A tensor as a model directory stores it.</summary>
/// <param name="Name">Its Hugging Face name.</param>
/// <param name="Dtype">The format's name of its element type, for example <c>BF16</c>.</param>
/// <param name="Shape">Rows first.</param>
/// <param name="Bytes">Of its numbers.</param>
/// <param name="File">The file that holds it.</param>
public sealed record StoredTensor(string Name, string Dtype, IReadOnlyList<long> Shape, long Bytes, string File);
