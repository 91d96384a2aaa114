using Microsoft.Extensions.Options;
using Reflux.Distillation.Archive;

namespace Reflux.Silo.Options;

internal sealed class ArchiveOptionsValidator : IValidateOptions<ArchiveOptions>
{
    public ValidateOptionsResult Validate(string? name, ArchiveOptions options)
    {
        var failures = new List<string>();
        Within(nameof(options.SegmentBytes), options.SegmentBytes, 64 << 10, 1 << 30);
        Within(nameof(options.SegmentSeconds), options.SegmentSeconds, 1, 86_400);
        Within(nameof(options.RetainBytes), options.RetainBytes, 0, long.MaxValue);
        Within(nameof(options.RetainDays), options.RetainDays, 0, 100_000);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Within(string key, double value, double low, double high)
        {
            if (!(value >= low && value <= high))
            {
                failures.Add(FormattableString.Invariant($"Archive:{key} must be {low} to {high}; it is {value}."));
            }
        }
    }
}
