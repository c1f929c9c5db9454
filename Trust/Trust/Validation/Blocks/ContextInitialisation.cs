using System.Security.Cryptography;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation.Policies;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Trust.Validation.Blocks;

/// <summary>Validation context initialisation (§5.2.4): a signature may name the policy that it is to be validated by.</summary>
internal static class ContextInitialisation
{
    public static (BlockResult Result, ValidationPolicy Policy) Run(SignatureUnderValidation signature, ValidationMaterial material, ValidationPolicy policy)
    {
        var block = new BlockRecorder("validation-context-initialisation", "5.2.4", signature.Id, policy);
        if (signature.Policy is not { } reference)
        {
            block.Check("context.policyAvailable", null, "The signature names no policy.");
            return (block.Finish(), policy);
        }

        if (!material.SignaturePolicies.TryGetValue(reference.Oid, out var document))
        {
            block.Check("context.policyAvailable", Conclusion.Indeterminate(SubIndication.SignaturePolicyNotAvailable, $"The signature policy {reference.Oid} is not at hand."));
            return (block.Finish(), policy);
        }

        block.Check("context.policyAvailable", null, reference.Oid);
        try
        {
            var isMeant = reference.Hash is { } hash && CryptographicOperations.FixedTimeEquals(hash.Hash(document.Span), reference.Digest.Span);
            var named = ValidationPolicy.Parse(document.Span);
            var problem = isMeant ? null : Conclusion.Indeterminate(SubIndication.PolicyProcessingError, $"The document of {reference.Oid} at hand is not the one whose digest was signed.");
            return block.Check("context.policyProcessable", problem) && isMeant ? (block.Finish(), named) : (block.Finish(), policy);
        }
        catch (ValidationPolicyException e)
        {
            block.Check("context.policyProcessable", Conclusion.Indeterminate(SubIndication.PolicyProcessingError, e.Message));
            return (block.Finish(), policy);
        }
    }
}
