//! A program that listens to webhooks: it keeps what it gets, and answers as it is told to.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use serde_json::Value;

/// A message as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) id: String,
    pub(crate) timestamp: i64,
    pub(crate) signatures: Vec<String>,
    pub(crate) body: String,
}

impl Taken {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

#[derive(Clone)]
struct State {
    taken: Arc<Mutex<Vec<Taken>>>,
    answers: Arc<Mutex<Vec<u16>>>,
    pause: Duration,
}

/// The receiver; it stops with the test.
pub(crate) struct Receiver {
    url: String,
    state: State,
    handle: actix_web::dev::ServerHandle,
}

impl Receiver {
    /// A receiver that gives these answers, one after the other, and 204 when they are used up.
    pub(crate) fn answering(answers: &[u16]) -> Self {
        Self::slow(answers, Duration::ZERO)
    }

    /// The same, taking its time.
    pub(crate) fn slow(answers: &[u16], pause: Duration) -> Self {
        let state = State {
            taken: Arc::default(),
            answers: Arc::new(Mutex::new(answers.to_vec())),
            pause,
        };
        let shared = state.clone();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(web::Data::new(shared.clone()))
                .default_service(web::post().to(take))
        })
        .workers(1)
        .bind("127.0.0.1:0")
        .unwrap();
        let url = format!("http://{}/hook", server.addrs()[0]);
        let server = server.run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { url, state, handle }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What came in, once there is so much.
    pub(crate) async fn taken(&self, count: usize) -> Vec<Taken> {
        for _ in 0..400 {
            let so_far = self.so_far();
            if so_far.len() >= count {
                return so_far;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("{count} messages never came: {:?}", self.so_far());
    }

    pub(crate) fn so_far(&self) -> Vec<Taken> {
        self.state.taken.lock().unwrap().clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

async fn take(request: HttpRequest, body: String, state: web::Data<State>) -> HttpResponse {
    let header = |name: &str| {
        let value = request.headers().get(name);
        value.map_or(String::new(), |value| value.to_str().unwrap().to_owned())
    };
    state.taken.lock().unwrap().push(Taken {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp").parse().unwrap_or(0),
        signatures: header("webhook-signature")
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
        body,
    });
    tokio::time::sleep(state.pause).await;
    let mut answers = state.answers.lock().unwrap();
    let status = if answers.is_empty() {
        204
    } else {
        answers.remove(0)
    };
    HttpResponse::build(actix_web::http::StatusCode::from_u16(status).unwrap()).finish()
}
