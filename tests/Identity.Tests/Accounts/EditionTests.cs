using Xunit;
using Yinxin.Identity.Server.Features.Terms;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>Which edition of a document counts when.</summary>
public sealed class EditionTests
{
    [Theory]
    [InlineData("2026-11-29T00:00:00Z", "2026-12-01")] // before the first: there is no other
    [InlineData("2027-03-31T15:59:59Z", "2026-12-01")] // still the 31st in China
    [InlineData("2027-03-31T16:00:00Z", "2027-04-01")]
    [InlineData("2030-01-01T00:00:00Z", "2027-04-01")]
    public void An_edition_is_in_force_from_its_day_in_China_until_the_next(string now, string version)
    {
        var document = new LegalDocument("/x", "甲", "x", [new(new DateOnly(2026, 12, 1), "一", "one", []), new(new DateOnly(2027, 4, 1), "二", "two", [])]);
        Assert.Equal(version, document.InForce(DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture)).Version);
        Assert.Equal("一", document.Find("2026-12-01")?.Chinese);
        Assert.Null(document.Find("2026-11-30"));
    }

    [Fact]
    public void Editions_of_the_documents_stand_in_the_order_of_their_days_and_each_point_is_in_both_languages()
    {
        foreach (var document in (LegalDocument[])[LegalDocument.Terms, LegalDocument.Privacy])
        {
            Assert.Equal(document.Editions.Select(e => e.From).Distinct().Order(), document.Editions.Select(e => e.From));
            foreach (var point in document.Editions.SelectMany(e => e.Chapters).SelectMany(c => c.Points))
            {
                Assert.Contains(point.Chinese, c => c is >= '一' and <= '鿿');
                Assert.NotEmpty(point.English);
                Assert.DoesNotContain(point.English, c => c is >= '一' and <= '鿿');
            }
        }
    }
}
