//! A link as a QR code: for slides, badges and printed letters.

use std::fmt::Write as _;
use std::io::Cursor;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use image::{ImageFormat, Luma};
use qrcode::{Color, EcLevel, QrCode};
use serde::Deserialize;

use super::scope::find_link;
use super::token::link_url;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::error::{Code, Error, Result};
use crate::http::{Principal, Problem};
use crate::ids::LinkId;
use crate::keys::Keys;
use crate::pitches::LinkState;

/// The white around it that scanners need, in modules.
const QUIET: usize = 4;
/// Pixels of one module in the picture: sharp on paper at the size of a hand.
const PIXELS: u32 = 16;

/// The form of a code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QrFormat {
    /// Lines: any size.
    #[default]
    Svg,
    /// A picture.
    Png,
}

/// How the code is wanted.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct QrQuery {
    /// `svg` or `png`; `svg`, where not said.
    #[serde(default)]
    #[param(inline)]
    pub format: QrFormat,
}

/// A link as a QR code.
#[utoipa::path(get, path = "/api/v1/links/{id}/qr", tag = "pitches", params(LinkId, QrQuery), responses(
    (status = 200, content((String = "image/svg+xml"), (Vec<u8> = "image/png"))),
    (status = 404, body = Problem), (status = 410, body = Problem),
))]
pub async fn get_qr(
    principal: Principal,
    id: web::Path<LinkId>,
    query: web::Query<QrQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
    config: web::Data<Config>,
) -> Result<HttpResponse> {
    let (link, _) = find_link(db.read(), &principal, *id).await?;
    if !LinkState::of(&link, clock.now()).is_worth_giving() {
        return Err(Error::new(
            Code::Gone,
            "This link no longer opens, so nobody needs to scan it.",
        ));
    }
    let code = Modules::of(&link_url(&config, &keys, link.id))?;
    let (media_type, body) = match query.format {
        QrFormat::Svg => ("image/svg+xml", code.svg().into_bytes()),
        QrFormat::Png => {
            // Packing the pixels is too much for a thread that others wait for.
            let packed = web::block(move || code.png()).await;
            ("image/png", packed.map_err(Error::internal)??)
        }
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, media_type))
        .body(body))
}

/// The dark and light squares.
struct Modules {
    width: usize,
    dark: Vec<bool>,
}

impl Modules {
    fn of(text: &str) -> Result<Self> {
        let code =
            QrCode::with_error_correction_level(text, EcLevel::M).map_err(Error::internal)?;
        Ok(Self {
            width: code.width(),
            dark: code
                .into_colors()
                .into_iter()
                .map(|color| color == Color::Dark)
                .collect(),
        })
    }

    fn side(&self) -> usize {
        self.width + 2 * QUIET
    }

    /// The places of the dark squares, the white around them included.
    fn places(&self) -> impl Iterator<Item = (usize, usize)> {
        self.dark
            .iter()
            .enumerate()
            .filter(|(_, dark)| **dark)
            .map(|(at, _)| (at % self.width + QUIET, at / self.width + QUIET))
    }

    fn svg(&self) -> String {
        let side = self.side();
        let mut path = String::new();
        for (x, y) in self.places() {
            // Writing to a string cannot fail.
            let _ = write!(path, "M{x} {y}h1v1h-1z");
        }
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
             <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>"
        )
    }

    fn png(&self) -> Result<Vec<u8>> {
        let side = u32::try_from(self.side()).map_err(Error::internal)? * PIXELS;
        let mut picture = image::ImageBuffer::from_pixel(side, side, Luma([255_u8]));
        for (x, y) in self.places() {
            let (x, y) = (
                u32::try_from(x).map_err(Error::internal)? * PIXELS,
                u32::try_from(y).map_err(Error::internal)? * PIXELS,
            );
            for row in y..y + PIXELS {
                for column in x..x + PIXELS {
                    picture.put_pixel(column, row, Luma([0]));
                }
            }
        }
        let mut bytes = Cursor::new(Vec::new());
        picture
            .write_to(&mut bytes, ImageFormat::Png)
            .map_err(Error::internal)?;
        Ok(bytes.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_picture_show_the_same_squares() {
        let code = Modules::of("https://sales.example/p/abcdefghijklmnopqrstuvwxyz0").unwrap();
        let picture = image::load_from_memory(&code.png().unwrap())
            .unwrap()
            .to_luma8();
        let svg = code.svg();
        let side = code.side();
        let dark = |x: usize, y: usize| {
            let at = |n: usize| u32::try_from(n).unwrap() * PIXELS + PIXELS / 2;
            picture.get_pixel(at(x), at(y)).0[0] == 0
        };
        for y in 0..side {
            for x in 0..side {
                assert_eq!(dark(x, y), svg.contains(&format!("M{x} {y}h1")), "{x} {y}");
            }
        }
        // The corners are finders, inside the white.
        assert!(
            dark(QUIET, QUIET) && dark(side - QUIET - 1, QUIET) && dark(QUIET, side - QUIET - 1)
        );
        assert!(!dark(QUIET - 1, QUIET));
    }
}
