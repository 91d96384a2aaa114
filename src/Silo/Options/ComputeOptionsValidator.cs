using Microsoft.Extensions.Options;
using Reflux.Contracts.Errors;
using Reflux.Distillation.Compute;

namespace Reflux.Silo.Options;

internal sealed class ComputeOptionsValidator : IValidateOptions<ComputeOptions>
{
    public ValidateOptionsResult Validate(string? name, ComputeOptions options)
    {
        try
        {
            options.Validate();
            return ValidateOptionsResult.Success;
        }
        catch (RefluxException error)
        {
            return ValidateOptionsResult.Fail($"{error.Message} {error.Remedy}");
        }
    }
}
