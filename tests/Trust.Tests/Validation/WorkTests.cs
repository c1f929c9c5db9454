using Xunit;
using Yinxin.Trust.Cms.Cades;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation;
using static Yinxin.Trust.Tests.Validation.ValidationPki;

namespace Yinxin.Trust.Tests.Validation;

/// <summary>A stranger's signature may not cost without bound.</summary>
public sealed class WorkTests
{
    [Fact]
    public void A_signature_with_more_lists_than_are_looked_at_is_refused()
    {
        using var pki = new ValidationPki(SignatureSuite.International);
        var now = Day(2026, 6, 1);
        var few = CadesSignatures.AddValidationData(pki.Sign(), [], Enumerable.Range(1, 20).Select(i => List(pki.CaKey, pki.Ca, now.AddDays(-i))));
        var many = CadesSignatures.AddValidationData(pki.Sign(), [], Enumerable.Range(1, 60).Select(i => List(pki.CaKey, pki.Ca, now.AddDays(-i))));

        Assert.True(pki.Validate(few, pki.Material(pki.Lists(now.AddDays(-1))), now).Conclusion.IsPassed);
        Assert.Equal(SubIndication.FormatFailure, pki.Validate(many, pki.Material(pki.Lists(now.AddDays(-1))), now).Conclusion.SubIndication);
    }
}
